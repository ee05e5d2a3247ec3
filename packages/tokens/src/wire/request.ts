/**
 * A plain HTTP request for everything that spends nothing: REST calls, JWT bearer, revoke, introspect, describe.
 *
 * Connections are kept per origin and go through the same proxy and trust as spends. Redirects are handed back, never
 * followed: the credentials in the headers belong to this origin only.
 */
import type { Agent, IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { KeyturnError } from '../errors.ts'
import { Secret } from '../secret.ts'
import { dial } from './dial.ts'
import type { Network } from './network.ts'
import { quietBytes } from './quiet-bytes.ts'
import { userAgent } from './user-agent.ts'

interface PlainRequest {
  readonly method?: string
  /** A `Secret` where the value is one (Authorization). */
  readonly headers?: Readonly<Record<string, string | Secret>>
  readonly body?: Secret | string | Uint8Array
  /** For the whole exchange, ms; default 60 s. */
  readonly timeout?: number
  /** Largest body in bytes; default 32 MiB. */
  readonly bodyLimit?: number
  readonly signal?: AbortSignal
}

interface PlainResponse {
  readonly status: number
  /** Names in lower case; repeated ones joined by a comma (Set-Cookie by a newline). */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

/** A connection nobody used for this long is closed, before the server does it in the middle of our next request. */
const idle = 4_000

/**
 * Throws ENDPOINT_UNREACHABLE (`data.left` says whether the request may have reached the server), ANSWER_UNREADABLE, or
 * the signal's reason.
 */
export async function request(url: URL, init: PlainRequest, net: Network): Promise<PlainResponse> {
  const method = init.method ?? 'GET'
  try {
    return await once(url, method, init, net)
  } catch (error) {
    // A kept connection that was closed just now: safe to repeat where a repetition means nothing.
    if (error instanceof Stale && (method === 'GET' || method === 'HEAD')) return once(url, method, init, net)
    throw error
  }
}

/** Also for other HTTP clients (jsforce) that are to go the same way. */
export async function agentFor(url: URL, net: Network): Promise<Agent> {
  // Loading node:http costs more than all of ours together; who only reads tokens never needs it.
  const { Agent: HttpAgent } = await import('node:http')
  const known = net.agents.get(url.origin)
  if (known) return known
  const connectFor = async (callback: Parameters<Agent['createConnection']>[1]): Promise<void> => {
    let socket: Socket
    try {
      socket = await dial(url, net)
    } catch (error) {
      callback?.(error as Error, undefined as never)
      return
    }
    callback?.(null, socket)
  }
  const agent = new HttpAgent({ keepAlive: true, maxFreeSockets: 8, timeout: idle })
  agent.createConnection = (_options, callback) => {
    void connectFor(callback)
    return undefined
  }
  net.agents.set(url.origin, agent)
  return agent
}

class Stale extends KeyturnError<'ENDPOINT_UNREACHABLE'> {}

async function once(url: URL, method: string, init: PlainRequest, net: Network): Promise<PlainResponse> {
  const { timeout = 60_000, bodyLimit = 33_554_432, signal } = init
  signal?.throwIfAborted()
  const { promise, resolve, reject } = Promise.withResolvers<PlainResponse>()
  const done = new AbortController()
  const body = init.body instanceof Secret ? init.body.reveal() : init.body
  const failure = (code: string, why: string): KeyturnError =>
    new KeyturnError('ENDPOINT_UNREACHABLE', `${url.host} did not answer: ${why}.`, {
      data: { host: url.host, step: 'answer', code, left: true },
    })

  const { request: httpRequest } = await import('node:http')
  const outgoing = httpRequest({
    agent: await agentFor(url, net),
    host: url.hostname,
    port: url.port || (url.protocol === 'https:' ? 443 : 80),
    path: url.pathname + url.search,
    method,
    headers: headersOf(url, init, body),
  })
  outgoing.on('error', (error: NodeJS.ErrnoException) => {
    if (error instanceof KeyturnError) return reject(error)
    const code = error.code ?? 'unknown error'
    const { message, data } = failure(code, `the connection broke (${code})`)
    reject(
      outgoing.reusedSocket
        ? new Stale('ENDPOINT_UNREACHABLE', message, { data })
        : failure(code, `the connection broke (${code})`),
    )
  })
  outgoing.on('response', (incoming) => {
    read(incoming, bodyLimit).then(resolve, (error: NodeJS.ErrnoException) => {
      reject(error instanceof KeyturnError ? error : failure(error.code ?? 'CUT', 'the answer was cut off'))
    })
  })
  void net.clock.sleep(timeout, done.signal).then(() => reject(failure('TIMEOUT', `no answer within ${timeout} ms`)))
  const abort = (): void => reject(signal?.reason as Error)
  signal?.addEventListener('abort', abort, { once: true, signal: done.signal })
  outgoing.end(body)
  try {
    return await promise
  } catch (error) {
    outgoing.destroy()
    throw error
  } finally {
    done.abort()
  }
}

function headersOf(url: URL, init: PlainRequest, body: string | Uint8Array | undefined): Record<string, string> {
  const given = Object.entries(init.headers ?? {}).map(([name, value]): [string, string] => [
    name.toLowerCase(),
    value instanceof Secret ? value.reveal() : value,
  ])
  if (
    given.some(([name, value]) => !/^[!#$%&'*+.^_`|~0-9a-z-]+$/.test(name) || /[^\t\x20-\x7e\x80-\xff]/.test(value))
  ) {
    throw new KeyturnError('BAD_ARGUMENT', 'A header of the request holds characters that HTTP forbids.')
  }
  return {
    accept: 'application/json',
    'accept-encoding': 'identity',
    'user-agent': userAgent,
    ...Object.fromEntries(given),
    host: url.host,
    ...(body !== undefined && { 'content-length': String(Buffer.byteLength(body)) }),
  }
}

async function read(incoming: IncomingMessage, limit: number): Promise<PlainResponse> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > limit) {
      throw new KeyturnError('ANSWER_UNREADABLE', `The answer is longer than ${limit} bytes.`, {
        data: { status: incoming.statusCode },
      })
    }
    chunks.push(chunk)
  }
  const headers = Object.entries(incoming.headers).flatMap(([name, value]): [string, string][] =>
    value === undefined ? [] : [[name, typeof value === 'string' ? value : value.join('\n')]],
  )
  return {
    status: incoming.statusCode ?? 0,
    headers: Object.fromEntries(headers),
    body: quietBytes(Buffer.concat(chunks)),
  }
}
