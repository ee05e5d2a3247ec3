/**
 * Which headers pass, in both directions. Hop-by-hop headers end here (RFC 9110 §7.6.1), with those that `Connection`
 * names; whatever could carry a credential or say who the client is, too. Everything else passes as it came.
 */
import { holdsToken } from './token-mask.ts'

/** Name, value, name, value, …; names in lower case. Node takes them so without looking at each of them twice. */
export type FlatHeaders = readonly string[]

const hopByHop = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/** Set anew, or nobody's business upstream. */
const ownRequest = new Set([
  'host',
  'authorization',
  'x-sfdc-session',
  'content-length',
  'expect',
  'forwarded',
  'via',
  'x-real-ip',
  // Compressed bytes can't be searched for the token: the org is asked for plain ones (upstream.ts).
  'accept-encoding',
  'x-http-method-override',
  'x-method-override',
  // Set anew where the operator wants traces to go on at the org.
  'traceparent',
  'tracestate',
])
/** Session cookies would be credentials beside the token. */
const sessionCookie = /^\s*(?:sid|sid_client|oid|clientsrc|inst|disco|autocomplete|rsid)\s*=/i

const ownResponse = new Set([
  'strict-transport-security',
  'alt-svc',
  'public-key-pins',
  'set-cookie2',
  'content-length',
])

const nothing: ReadonlySet<string> = new Set()

/** What `Connection` names; nearly always nothing but `keep-alive` or `close`. */
const namedByConnection = (rawHeaders: readonly string[]): ReadonlySet<string> => {
  let named: Set<string> | null = null
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const [name = '', value = ''] = [rawHeaders[at], rawHeaders[at + 1]]
    if (name.length !== 'connection'.length || name.toLowerCase() !== 'connection') continue
    const plain = value.toLowerCase()
    if (plain === 'keep-alive' || plain === 'close') continue
    named ??= new Set()
    for (const one of plain.split(/[\s,]+/)) named.add(one)
  }
  return named ?? nothing
}

/** Without any credential: the caller adds the one that counts. `without`: one more that does not pass. */
export const requestHeaders = (rawHeaders: readonly string[], without = ''): string[] => {
  const named = namedByConnection(rawHeaders)
  const passed: string[] = []
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = (rawHeaders[at] ?? '').toLowerCase()
    const value = rawHeaders[at + 1] ?? ''
    if (hopByHop.has(name) || ownRequest.has(name) || named.has(name) || name.startsWith('x-forwarded-')) continue
    if (name === without) continue
    if (name !== 'cookie') {
      passed.push(name, value)
      continue
    }
    const cookies = value.split(';').filter((cookie) => !sessionCookie.test(cookie))
    if (cookies.length > 0) passed.push(name, cookies.join(';').trim())
  }
  return passed
}

interface Rewriting {
  /** The org's origin, as it may stand in `Location`. */
  readonly origin: string
  /** What the caller calls instead. */
  readonly base: string
  /** The real token: no header that holds it passes. */
  readonly token: string
}

/** Without the body's length, which whoever writes the body knows. */
export const responseHeaders = (
  rawHeaders: readonly string[],
  { origin, base, token }: Rewriting,
  without = '',
): string[] => {
  const named = namedByConnection(rawHeaders)
  const passed: string[] = []
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = (rawHeaders[at] ?? '').toLowerCase()
    const value = rawHeaders[at + 1] ?? ''
    if (hopByHop.has(name) || ownResponse.has(name) || named.has(name) || name === without) continue
    if (holdsToken(value, token)) continue
    if (name === 'location' || name === 'content-location') passed.push(name, atBase(value, origin, base))
    else if (name !== 'set-cookie') passed.push(name, value)
    else if (!sessionCookie.test(value)) passed.push(name, cookieAt(value, base))
  }
  return passed
}

/**
 * For the broker's host and below its prefix. CometD needs the org's BAYEUX_BROWSER back at each call, and a client that
 * comes without TLS would keep a `Secure` one for itself.
 */
const cookieAt = (value: string, base: string): string => {
  const parts = value.split(';').filter((part) => !/^\s*domain=/i.test(part))
  const plain = base.startsWith('http:')
    ? parts.filter((part) => !/^\s*(?:secure|samesite=none)\s*$/i.test(part))
    : parts
  const prefix = prefixOf(base)
  return plain.map((part) => part.replace(/^\s*path=(?=\/)/i, (path) => `${path}${prefix}`)).join(';')
}

const prefixOf = (base: string): string => URL.parse(base)?.pathname.replace(/\/$/, '') ?? ''

/** Addresses of the org are shown at the broker; relative ones that begin with a slash get the broker's prefix, too. */
export const atBase = (url: string, origin: string, base: string): string => {
  const parsed = URL.parse(url)
  if (parsed === null) return url.startsWith('/') && !url.startsWith('//') ? `${prefixOf(base)}${url}` : url
  return parsed.origin === origin ? `${base}${parsed.pathname}${parsed.search}${parsed.hash}` : url
}
