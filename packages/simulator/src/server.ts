/**
 * The listeners: one port per org, and a login host that serves them all (and carries the control plane, also while an
 * org refuses connections).
 */
import { createServer as createHttp } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { createServer as createHttps } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import type { SimRequest } from './route.ts'
import { converse } from './conversation.ts'
import { carryOutJobs } from './metadata/jobs.ts'
import { plainAddress } from './sessions/addresses.ts'
import type { Call } from './oauth/context.ts'
import type { Simulation } from './simulation.ts'
import type { Org } from './state/org.ts'
import { carryOutDue } from './state/doom.ts'
import { carryOutPending } from './state/pending-changes.ts'
import { findOrg } from './login-host.ts'

export interface Certificate {
  readonly key: string
  readonly cert: string
}

/** Answers requests under /__sim/. */
type ControlHandler = (request: SimRequest, res: ServerResponse) => Promise<void>

export interface Listener {
  readonly port: number
  readonly origin: string
  /** Closes the door: connections in use are cut, new ones refused; and opens it again on the same port. */
  refuse(): Promise<void>
  accept(): Promise<void>
  close(): Promise<void>
}

interface ListenerOptions {
  readonly sim: Simulation
  /** Null: the login host. */
  readonly org: Org | null
  readonly host: string
  readonly port: number
  readonly certificate: Certificate | undefined
  readonly control: ControlHandler
}

export async function listen(options: ListenerOptions): Promise<Listener> {
  const scheme = options.certificate === undefined ? 'http' : 'https'
  let server = await open(options, options.port)
  const { port } = server.address() as AddressInfo
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  return {
    port,
    origin: `${scheme}://${options.host}:${port}`,
    refuse: close,
    accept: async () => {
      if (!server.listening) server = await open(options, port)
    },
    close,
  }
}

function open(options: ListenerOptions, port: number): Promise<Server> {
  const serve = (req: IncomingMessage, res: ServerResponse): void => {
    answer(options, req, res).catch((error: unknown) => {
      if (!res.headersSent) res.writeHead(500, { 'Content-Type': 'text/plain' })
      res.end(`The simulator failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
    })
  }
  const server =
    options.certificate === undefined ? createHttp(serve) : (createHttps(options.certificate, serve) as Server)
  server.keepAliveTimeout = 60_000
  server.requestTimeout = 0
  server.on('connection', (socket: Socket) => socket.setNoDelay(true))
  // After `Connection: close` Node lets go of the socket as soon as the answer is written, and would never hear that the
  // caller died with it unread. So the connection is closed from this side only, and ends when the caller ends it.
  const linger = (socket: Socket): void => {
    socket.destroySoon = () => socket.end()
  }
  server.on(options.certificate === undefined ? 'connection' : 'secureConnection', linger)
  server.on('clientError', (_error, socket) => socket.destroy())
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, options.host, () => resolve(server))
  })
}

function read(req: IncomingMessage): Promise<Buffer | undefined> {
  return new Promise((resolve) => {
    const parts: Buffer[] = []
    req.on('data', (part: Buffer) => parts.push(part))
    req.on('end', () => resolve(Buffer.concat(parts)))
    req.on('error', () => resolve(undefined))
    req.on('aborted', () => resolve(undefined))
  })
}

/** The last request answered on each connection: a reset before the next one means that its answer was not read. */
const lastAnswered = new WeakMap<Socket, Call>()

function watchForReset(socket: Socket): void {
  socket.once('close', (hadError) => {
    const call = lastAnswered.get(socket)
    if (hadError && call !== undefined) call.org.record(call.number, { kind: 'undelivered', why: 'reset' })
  })
}

async function answer(options: ListenerOptions, req: IncomingMessage, res: ServerResponse): Promise<void> {
  const { sim } = options
  const body = await read(req)
  if (body === undefined) return
  const scheme = options.certificate === undefined ? 'http' : 'https'
  // sf stores the instance URL of an access-token login with a slash at its end: `//services/data/…` is no host.
  const target = (req.url ?? '/').replace(/^\/{2,}/, '/')
  const url = new URL(target, `${scheme}://${req.headers.host ?? options.host}`)
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(req.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value
  }
  const request: SimRequest = {
    method: req.method ?? 'GET',
    path: decodePath(url.pathname),
    query: url.searchParams,
    headers,
    body,
    remoteAddress: plainAddress(req.socket.remoteAddress ?? ''),
    baseUrl: url.origin,
  }
  if (request.path === '/__sim' || request.path.startsWith('/__sim/')) return options.control(request, res)

  const form = formOf(request)
  const org = options.org ?? findOrg(sim.orgs, request, form)
  sim.orgOf.set(request, org)
  carryOutDue(org)
  carryOutPending(org)
  carryOutJobs(org, sim.orgs)
  const call: Call = {
    request,
    number: sim.log.nextRequest(),
    org,
    orgs: sim.orgs,
    viaLogin: options.org === null,
    source: org.settings().assumedAddress ?? headers['x-sim-address'] ?? request.remoteAddress,
    form,
  }
  if (!lastAnswered.has(req.socket)) watchForReset(req.socket)
  lastAnswered.set(req.socket, call)
  await converse(sim, { call, res })
}

/** Percent-encoded paths compare decoded; a malformed one stays as it came. */
function decodePath(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}

function formOf(request: SimRequest): URLSearchParams {
  const form = new URLSearchParams(request.query)
  if (!/x-www-form-urlencoded/i.test(request.headers['content-type'] ?? '')) return form
  for (const [name, value] of new URLSearchParams(request.body.toString())) form.set(name, value)
  return form
}
