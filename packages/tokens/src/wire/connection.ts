/**
 * One exchange on one connection of its own: the only place where a refresh token goes onto the wire.
 *
 * The connection is opened before the claim. `send` asks once more whether it may, looks at both clocks and then writes
 * the whole request in one piece, with nothing awaited in between. From that write on the outcome is what the server
 * says, or unknown: there is no second try, no redirect, no reuse (default fetch re-sent a refresh token to another
 * origin on a 307). Only the hard limit ends the reading; what arrived is handed on before anything else happens.
 */
import type { Socket } from 'node:net'
import type { Clock } from '../clock.ts'
import { KeyturnError } from '../errors.ts'
import { Secret } from '../secret.ts'
import { dial } from './dial.ts'
import type { Network } from './network.ts'
import { quietBytes } from './quiet-bytes.ts'
import { responseReader } from './response.ts'
import { userAgent } from './user-agent.ts'
import type { ResponseHead } from './response.ts'

export interface WireRequest {
  readonly method: 'POST'
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Secret | string
}

export interface SendOptions {
  readonly clock: Clock
  /** The last look at the store. No, or a failure, and nothing is sent. */
  readonly stillAllowed: () => Promise<boolean>
  /** Latest moment of the first byte by the two local clocks: a process that slept must not send. */
  readonly firstByteBy?: { readonly wall?: number; readonly boot?: number }
  /** Called right before the write. */
  readonly onSending?: () => void
  /** As they arrive, synchronously; a hook that throws doesn't stop the reading (see `hookError`). */
  readonly onHead?: (head: ResponseHead) => void
  readonly onChunk?: (bytes: Buffer) => void
  /** After this many ms the reading ends and the socket is destroyed. */
  readonly hardLimit: number
  /** Largest body in bytes; default 256 KiB. */
  readonly bodyLimit?: number
}

export type WireResult = (
  | {
      /** Certainly not sent: the check said no, or the connection was gone before the first byte. */
      readonly kind: 'never-left'
      readonly cause: string
    }
  | {
      /** The head was read. `complete: false`: the other side closed before the message ended. */
      readonly kind: 'answered'
      readonly status: number
      readonly headers: Readonly<Record<string, string>>
      readonly body: Buffer
      readonly complete: boolean
    }
  | {
      /**
       * No end was heard: connection reset, hard limit, closed without a head, or not HTTP (or too large). With a
       * status the head was read, and `partial` is the body so far; else it is what came instead of a head.
       */
      readonly kind: 'unknown'
      readonly cause: 'reset' | 'timeout' | 'closed' | 'unreadable'
      readonly status?: number
      readonly headers?: Readonly<Record<string, string>>
      readonly partial: Buffer
    }
) & { readonly hookError?: unknown }

export interface Connection {
  /** False once the other side closed or spoke: then `send` sends nothing. */
  readonly usable: boolean
  /** Once. The socket is destroyed when it resolves: nothing more can be heard. Rejects only for a wrong request. */
  send(request: WireRequest, options: SendOptions): Promise<WireResult>
  /** Gives up a connection that wasn't used. */
  close(): void
}

/** Throws ENDPOINT_UNREACHABLE; then nothing left this host. */
export async function openConnection(url: URL, net: Network, signal?: AbortSignal): Promise<Connection> {
  const socket = await dial(url, net, signal)
  /** What happened to the idle connection: it is then no good any more. */
  let spoiled: string | null = null
  const spoil = (why: string) => (): void => {
    spoiled ??= why
  }
  const early = {
    data: spoil('the server spoke before it was asked'),
    end: spoil('the server closed the connection before the request'),
    error: spoil('the connection broke before the request'),
    close: spoil('the connection was closed before the request'),
  }
  for (const [event, listener] of Object.entries(early)) socket.on(event, listener)
  let used = false

  return {
    get usable() {
      return spoiled === null && socket.writable
    },
    close: () => void socket.destroy(),
    async send(request, options) {
      if (used) throw new KeyturnError('DEFECT', 'A connection is used for one request only.')
      used = true
      const neverLeft = (cause: string): WireResult => {
        socket.destroy()
        return { kind: 'never-left', cause }
      }
      if (spoiled) return neverLeft(spoiled)
      let bytes: Buffer
      try {
        bytes = encode(url, request)
      } catch (error) {
        socket.destroy()
        throw error
      }
      const refusal = await refusalOf(options)
      if (refusal) return neverLeft(refusal)
      // Nothing may be awaited from here to the write.
      if (spoiled !== null || !socket.writable)
        return neverLeft(spoiled ?? 'the connection was closed before the request')
      for (const [event, listener] of Object.entries(early)) socket.off(event, listener)
      return exchange(socket, bytes, options)
    },
  }
}

async function refusalOf({ stillAllowed, clock, firstByteBy = {} }: SendOptions): Promise<string | null> {
  try {
    if (!(await stillAllowed())) return 'the claim does not hold any more'
  } catch (error) {
    return `the check before the first byte failed (${error instanceof KeyturnError ? error.code : 'unexpected error'})`
  }
  if (firstByteBy.wall !== undefined && clock.wall() > firstByteBy.wall) return 'too late by the wall clock'
  if (firstByteBy.boot !== undefined && clock.boot() > firstByteBy.boot) return 'too late by the boot clock'
  return null
}

/** Head and body in one buffer, so that they go out in one write. */
function encode(url: URL, { method, path, headers, body }: WireRequest): Buffer {
  const content = Buffer.from(body instanceof Secret ? body.reveal() : body)
  const lines = Object.entries({
    host: url.host,
    connection: 'close',
    accept: 'application/json',
    'accept-encoding': 'identity',
    'user-agent': userAgent,
    ...lowerCase(headers),
    'content-length': String(content.length),
  }).map(([name, value]) => `${name}: ${value}`)
  const head = [`${method} ${path} HTTP/1.1`, ...lines]
  if (!path.startsWith('/') || head.some((line) => /[^\x20-\x7e\x80-\xff]/.test(line)) || /\s/.test(path)) {
    throw new KeyturnError('BAD_ARGUMENT', 'The path or a header of the request holds characters that HTTP forbids.')
  }
  const bytes = Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`, 'latin1'), content])
  content.fill(0)
  return bytes
}

const lowerCase = (headers: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))

function exchange(socket: Socket, bytes: Buffer, options: SendOptions): Promise<WireResult> {
  const { promise, resolve } = Promise.withResolvers<WireResult>()
  const limits = new AbortController()
  const chunks: Buffer[] = []
  let hookError: { readonly hookError: unknown } | null = null
  let settled = false

  const hook = (call: () => void): void => {
    try {
      call()
    } catch (error) {
      hookError ??= { hookError: error }
    }
  }
  const reader = responseReader({
    limit: options.bodyLimit ?? 262_144,
    onHead: (head) => hook(() => options.onHead?.(head)),
    onChunk: (chunk) => {
      hook(() => options.onChunk?.(chunk))
      chunks.push(chunk)
    },
  })
  const settle = (result: WireResult): void => {
    if (settled) return
    settled = true
    limits.abort()
    socket.destroy()
    resolve({ ...result, ...hookError })
  }
  const answered = (complete: boolean, head: ResponseHead): void =>
    settle({ kind: 'answered', ...head, body: quietBytes(Buffer.concat(chunks)), complete })
  const unknown = (cause: 'reset' | 'timeout' | 'closed' | 'unreadable'): void => {
    const partial = quietBytes(Buffer.concat(reader.head ? chunks : [reader.rest()]))
    settle({ kind: 'unknown', cause, ...reader.head, partial })
  }

  socket.on('data', (chunk: Buffer) => {
    if (settled) return
    const progress = reader.take(chunk)
    if (progress === 'done' && reader.head) answered(true, reader.head)
    else if (progress === 'unreadable') unknown('unreadable')
  })
  socket.on('end', () => (reader.head ? answered(reader.end(), reader.head) : unknown('closed')))
  socket.on('error', () => unknown('reset'))
  socket.on('close', () => unknown('closed'))

  // A process that slept wakes with its timers first: what arrived meanwhile is still read.
  const lastLook = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve))
  void options.clock
    .sleep(options.hardLimit, limits.signal)
    .then(lastLook)
    .then(() => unknown('timeout'))
  hook(() => options.onSending?.())
  // The copy with the secret is wiped when the kernel (or TLS) has taken it.
  socket.write(bytes, () => void bytes.fill(0))
  return promise
}
