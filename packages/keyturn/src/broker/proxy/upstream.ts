/**
 * One request to the org: to the host of its instance URL and nowhere else, over the library's kept connections (its
 * proxy, its trust), streamed. Redirects are handed back.
 */
import { request } from 'node:http'
import type { Agent, ClientRequest, IncomingMessage } from 'node:http'
import type { Writable } from 'node:stream'
import { KeyturnError } from '@keyturn/tokens'
import { agentFor } from '@keyturn/tokens/maintenance'
import type { Network } from '@keyturn/tokens/maintenance'
import { drained } from './drained.ts'
import type { FlatHeaders } from './headers.ts'

interface UpstreamRequest {
  readonly origin: URL
  readonly method: string
  /** Path and query, as they came. */
  readonly path: string
  readonly headers: FlatHeaders
  readonly body: AsyncIterable<Buffer> | null
  /** Without anything moving: until the answer begins, and within it. */
  readonly answerLimit: number
  readonly idleLimit: number
  /** Where the answer goes: when that closes, nobody waits for this any more. */
  readonly client: Pick<Writable, 'once' | 'off' | 'destroyed'>
}

export interface UpstreamAnswer {
  readonly message: IncomingMessage
  /** Ends both directions. */
  abandon(): void
}

/** The connection ended without an answer. */
export class Unanswered extends Error {
  readonly code: string
  /** It was a kept connection: the server may have closed it just then. */
  readonly reused: boolean

  constructor(code: string, reused: boolean) {
    super(`no answer (${code})`)
    this.code = code
    this.reused = reused
  }
}

export const TIMEOUT = 'TIMEOUT'
const MOST_IDLE = 256

const widened = async (origin: URL, network: Network): Promise<Agent> => {
  const agent = await agentFor(origin, network)
  // Hundreds of callers share these: with the few that one program needs, most calls would open one of their own.
  agent.maxFreeSockets = Math.max(agent.maxFreeSockets, MOST_IDLE)
  return agent
}

/** Rejects with ENDPOINT_UNREACHABLE (it certainly never left), Unanswered (it may have), or the body's own failure. */
export const sendUpstream = async (
  { origin, method, path, headers, body, answerLimit, idleLimit, client }: UpstreamRequest,
  network: Network,
): Promise<UpstreamAnswer> => {
  const { promise, resolve, reject } = Promise.withResolvers<UpstreamAnswer>()
  const known = network.agents.get(origin.origin)
  const agent = known !== undefined && known.maxFreeSockets >= MOST_IDLE ? known : await widened(origin, network)
  const outgoing = request({
    agent,
    host: origin.hostname.replace(/^\[|\]$/g, ''),
    port: origin.port || (origin.protocol === 'https:' ? 443 : 80),
    path,
    method,
    // As a list: a header that came twice goes on twice, and Node writes them as they are.
    headers: [...headers, 'host', origin.host, 'accept-encoding', 'identity'],
    timeout: answerLimit,
  })
  const abandon = (): void => void outgoing.destroy()
  client.once('close', abandon)
  outgoing.once('close', () => client.off('close', abandon))
  outgoing.on('response', (message) => {
    message.socket.setTimeout(idleLimit)
    resolve({ message, abandon })
  })
  outgoing.on('error', (error: NodeJS.ErrnoException) => {
    const said = error instanceof KeyturnError || error instanceof Unanswered
    reject(said ? error : new Unanswered(error.code ?? error.message, outgoing.reusedSocket))
  })
  outgoing.on('timeout', () => outgoing.destroy(new Unanswered(TIMEOUT, false)))
  if (body === null) outgoing.end()
  else
    feed(outgoing, body).catch((error: unknown) => {
      reject(error instanceof Error ? error : new Unanswered('BODY', false))
      outgoing.destroy()
    })
  return promise
}

const feed = async (outgoing: ClientRequest, body: AsyncIterable<Buffer>): Promise<void> => {
  for await (const chunk of body) {
    if (outgoing.destroyed) return
    if (!outgoing.write(chunk)) await drained(outgoing)
  }
  if (!outgoing.destroyed) outgoing.end()
}
