/**
 * Reads one HTTP/1.1 response byte by byte as it arrives (RFC 9112). Our own and not node:http's, because what counts
 * here is the half of an answer: every byte of a body is handed on at once, also of a message that never ends, and how
 * it ended stays known. Interim responses (1xx) are skipped. Strict enough to never guess where a body begins.
 */
export interface ResponseHead {
  readonly status: number
  /** Names in lower case; repeated ones joined by a comma. */
  readonly headers: Readonly<Record<string, string>>
}

interface ResponseReader {
  readonly head: ResponseHead | null
  /** `more`: the message goes on · `done`: it is complete · `unreadable`: this is not HTTP, or too large. */
  take(bytes: Buffer): 'more' | 'done' | 'unreadable'
  /** The connection ended in good order. Was the message complete? */
  end(): boolean
  /** Bytes behind the head (toConnect) or the message. */
  rest(): Buffer
}

interface ReaderOptions {
  readonly onHead?: ((head: ResponseHead) => void) | undefined
  /** Decoded bytes of the body, synchronously. The buffer belongs to the caller from then on. */
  readonly onChunk?: ((bytes: Buffer) => void) | undefined
  /** Largest body in bytes. */
  readonly limit?: number
  /** The answer to CONNECT: what follows the head is the tunnel. */
  readonly toConnect?: boolean
}

const longestHead = 65_536
const longestLine = 4_096
const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/

type Body =
  | { readonly kind: 'length'; left: number }
  | { readonly kind: 'chunked'; at: 'size' | 'data' | 'data-end' | 'trailer'; left: number }
  /** `suspect`: the head contradicts itself, so nobody can say that the message is complete. */
  | { readonly kind: 'until-close'; readonly suspect: boolean }

export function responseReader(options: ReaderOptions = {}): ResponseReader {
  const limit = options.limit ?? Infinity
  /** Read but not understood yet: part of a head or of a line between chunks. */
  let pending: Buffer = Buffer.alloc(0)
  let head: ResponseHead | null = null
  let body: Body | null = null
  let size = 0
  let state: 'more' | 'done' | 'unreadable' = 'more'

  /** False when the limit is reached; what fits was handed on. */
  function give(bytes: Buffer): boolean {
    const fitting = bytes.subarray(0, limit - size)
    size += fitting.length
    if (fitting.length > 0) options.onChunk?.(fitting)
    return fitting.length === bytes.length
  }

  function readHead(): 'again' | 'wait' | 'unreadable' | 'done' {
    const end = headEnd(pending)
    if (end < 0) return pending.length > longestHead || !startsLikeHttp(pending) ? 'unreadable' : 'wait'
    const parsed = parseHead(pending.toString('latin1', 0, end))
    if (!parsed || end > longestHead) return 'unreadable'
    pending = pending.subarray(end)
    if (parsed.status >= 100 && parsed.status < 200) return parsed.status === 101 ? 'unreadable' : 'again'
    head = parsed
    options.onHead?.(parsed)
    if (options.toConnect && parsed.status >= 200 && parsed.status < 300) return 'done'
    if (parsed.status === 204 || parsed.status === 304) return 'done'
    body = framing(parsed.headers)
    return body.kind === 'length' && body.left === 0 ? 'done' : 'again'
  }

  function readBody(current: Body): 'again' | 'wait' | 'unreadable' | 'done' {
    if (current.kind === 'chunked' && current.at !== 'data') return readChunkLine(current)
    if (pending.length === 0) return 'wait'
    const take = current.kind === 'until-close' ? pending.length : Math.min(pending.length, current.left)
    const bytes = pending.subarray(0, take)
    pending = pending.subarray(take)
    if (!give(bytes)) return 'unreadable'
    if (current.kind === 'until-close') return 'wait'
    current.left -= take
    if (current.left > 0) return 'wait'
    if (current.kind === 'length') return 'done'
    current.at = 'data-end'
    return 'again'
  }

  function readChunkLine(current: Body & { readonly kind: 'chunked' }): 'again' | 'wait' | 'unreadable' | 'done' {
    const newline = pending.indexOf(10)
    if (newline < 0) return pending.length > longestLine ? 'unreadable' : 'wait'
    const line = pending.toString('latin1', 0, newline).replace(/\r$/, '')
    pending = pending.subarray(newline + 1)
    if (current.at === 'data-end') {
      if (line !== '') return 'unreadable'
      current.at = 'size'
      return 'again'
    }
    if (current.at === 'trailer') return line === '' ? 'done' : 'again'
    const length = /^([0-9a-fA-F]{1,8})[ \t]*(;.*)?$/.exec(line)?.[1]
    if (length === undefined) return 'unreadable'
    current.left = Number.parseInt(length, 16)
    current.at = current.left === 0 ? 'trailer' : 'data'
    return 'again'
  }

  return {
    get head() {
      return head
    },
    take(bytes) {
      if (state !== 'more') {
        pending = Buffer.concat([pending, bytes])
        return state
      }
      pending = pending.length > 0 ? Buffer.concat([pending, bytes]) : bytes
      for (;;) {
        const step = body ? readBody(body) : readHead()
        if (step === 'again') continue
        if (step !== 'wait') state = step
        return state
      }
    },
    end: () => state === 'done' || (state === 'more' && body?.kind === 'until-close' && !body.suspect),
    rest: () => pending,
  }
}

/** Offset behind the empty line, or -1. A lone LF ends a line, too (RFC 9112 §2.2). */
function headEnd(bytes: Buffer): number {
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) {
    if (bytes[at + 1] === 10) return at + 2
    if (bytes[at + 1] === 13 && bytes[at + 2] === 10) return at + 3
  }
  return -1
}

function startsLikeHttp(bytes: Buffer): boolean {
  const start = bytes.toString('latin1', 0, 7)
  return 'HTTP/1.'.startsWith(start)
}

function parseHead(text: string): ResponseHead | null {
  const [first = '', ...lines] = text.split(/\r?\n/).filter((line) => line !== '')
  const status = /^HTTP\/1\.[01] ([1-5]\d\d)( .*)?$/.exec(first)?.[1]
  if (!status) return null
  const headers: Record<string, string> = Object.create(null) as Record<string, string>
  for (const line of lines) {
    const colon = line.indexOf(':')
    const name = line.slice(0, colon).toLowerCase()
    // Also refuses folded lines and a blank before the colon (RFC 9112 §5.1, §5.2).
    if (colon < 1 || !token.test(name)) return null
    const value = line.slice(colon + 1).trim()
    headers[name] = headers[name] === undefined ? value : `${headers[name]}, ${value}`
  }
  return { status: Number(status), headers: { ...headers } }
}

/** RFC 9112 §6.3. Where the head contradicts itself, all bytes are still kept: they may hold a token. */
function framing(headers: Readonly<Record<string, string>>): Body {
  const suspect: Body = { kind: 'until-close', suspect: true }
  const coding = headers['transfer-encoding']
  if (coding !== undefined) {
    return coding.toLowerCase() === 'chunked' ? { kind: 'chunked', at: 'size', left: 0 } : suspect
  }
  const length = headers['content-length']
  if (length === undefined) return { kind: 'until-close', suspect: false }
  const values = new Set(length.split(',').map((value) => value.trim()))
  const [value = ''] = values
  return values.size === 1 && /^\d{1,15}$/.test(value) ? { kind: 'length', left: Number(value) } : suspect
}
