/**
 * The load: HTTP/1.1 over kept connections, one request at a time on each, answers read to their end. By hand
 * on node:net, because it shares a core with what stands behind the servers: autocannon and undici take more of it than
 * the fastest server here, and wrk is not everywhere. Whatever is no 200 ends the bench.
 */
import { connect } from 'node:net'
import type { Socket } from 'node:net'

export interface Target {
  readonly port: number
  /** Head and body as they go over the wire. */
  readonly request: Buffer
}

export interface Loaded {
  readonly requests: number
  readonly perSecond: number
  readonly megabytesPerSecond: number
  /** Milliseconds. */
  readonly p50: number
  readonly p99: number
}

export const requestOf = (
  method: string,
  path: string,
  headers: Readonly<Record<string, string>>,
  body = '',
): Buffer => {
  const lines = [`${method} ${path} HTTP/1.1`, 'host: bench.example']
  for (const [name, value] of Object.entries(headers)) lines.push(`${name}: ${value}`)
  if (body !== '') lines.push(`content-length: ${Buffer.byteLength(body)}`)
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n${body}`)
}

interface Connection {
  /** Resolves with the bytes of the answer's body. */
  ask(request: Buffer): Promise<number>
  close(): void
}

const END_OF_CHUNKS = Buffer.from('\r\n0\r\n\r\n')

const open = async (port: number): Promise<Connection> => {
  const socket: Socket = connect(port, '127.0.0.1')
  socket.setNoDelay(true)
  await new Promise<void>((connected, failed) => socket.once('connect', connected).once('error', failed))
  let head: Buffer | null = null
  let missing = 0
  let length = 0
  /** The last bytes of an answer in chunks; null: its length was announced. */
  let tail: Buffer | null = null
  let done: { resolve: (bytes: number) => void; reject: (error: Error) => void } | null = null
  const fail = (why: string): void => {
    done?.reject(new Error(why))
    done = null
    socket.destroy()
  }
  const begun = (bytes: Buffer): void => {
    const all = head === null ? bytes : Buffer.concat([head, bytes])
    const end = all.indexOf('\r\n\r\n')
    if (end < 0) {
      head = all
      return
    }
    head = null
    const text = all.toString('latin1', 0, end)
    const found = /\r\ncontent-length: *(\d+)/i.exec(text)
    const chunked = /\r\ntransfer-encoding: *chunked/i.test(text)
    if ((found === null && !chunked) || !text.startsWith('HTTP/1.1 200')) {
      fail(`an answer that is no 200: ${text.slice(0, 200)} ${all.toString('utf8', end, end + 300)}`)
      return
    }
    const body = all.subarray(end + 4)
    if (found === null) {
      length = 0
      tail = Buffer.alloc(0)
      inChunks(body)
      return
    }
    length = Number(found[1])
    missing = length - body.length
    if (missing === 0) finished()
  }
  /** Nothing comes after an answer until the next request, and no body here holds the mark of the end. */
  const inChunks = (bytes: Buffer): void => {
    length += bytes.length
    tail = Buffer.concat([tail ?? Buffer.alloc(0), bytes.subarray(-END_OF_CHUNKS.length)]).subarray(
      -END_OF_CHUNKS.length,
    )
    if (!tail.equals(END_OF_CHUNKS)) return
    tail = null
    finished()
  }
  const finished = (): void => {
    const now = done
    done = null
    now?.resolve(length)
  }
  socket.on('data', (bytes) => {
    if (tail !== null) return inChunks(bytes)
    if (missing === 0) return begun(bytes)
    missing -= bytes.length
    if (missing === 0) finished()
  })
  socket.on('error', (error) => fail(error.message))
  socket.on('close', () => fail('the server closed a connection'))
  return {
    ask: (request) =>
      new Promise((resolve, reject) => {
        done = { resolve, reject }
        socket.write(request)
      }),
    close: () => {
      done = null
      socket.destroy()
    },
  }
}

const percentile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN

const summed = (times: number[], bytes: number, seconds: number): Loaded => {
  const sorted = Float64Array.from(times).sort()
  const list = [...sorted]
  return {
    requests: times.length,
    perSecond: times.length / seconds,
    megabytesPerSecond: bytes / seconds / 1e6,
    p50: percentile(list, 0.5),
    p99: percentile(list, 0.99),
  }
}

/** As fast as it goes, on so many connections. `next` says what each request is. */
export const fast = async (
  port: number,
  next: (n: number) => Buffer,
  { connections, seconds, most = Number.POSITIVE_INFINITY }: { connections: number; seconds: number; most?: number },
): Promise<Loaded> => {
  const times: number[] = []
  let bytes = 0
  let sent = 0
  const started = performance.now()
  const until = started + seconds * 1000
  const run = async (): Promise<void> => {
    const connection = await open(port)
    for (let now = performance.now(); now < until && sent < most;) {
      bytes += await connection.ask(next(sent++))
      const answered = performance.now()
      times.push(answered - now)
      now = answered
    }
    connection.close()
  }
  await Promise.all(Array.from({ length: connections }, run))
  return summed(times, bytes, (performance.now() - started) / 1000)
}

/** One request at a time with a pause between, on one connection: what a single call takes when nobody else calls. */
export const slow = async (
  { port, request }: Target,
  { seconds, pause }: { readonly seconds: number; readonly pause: number },
): Promise<Loaded> => {
  const times: number[] = []
  let bytes = 0
  const connection = await open(port)
  const started = performance.now()
  const until = started + seconds * 1000
  while (performance.now() < until) {
    const now = performance.now()
    bytes += await connection.ask(request)
    times.push(performance.now() - now)
    await new Promise((resolve) => setTimeout(resolve, pause))
  }
  connection.close()
  return summed(times, bytes, (performance.now() - started) / 1000)
}
