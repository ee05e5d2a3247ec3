/**
 * Which headers pass, in both directions. Hop-by-hop headers end here (RFC 9110 §7.6.1), with those that `Connection`
 * names; whatever could carry a credential or say who the client is, too. Everything else passes as it came.
 */
import { holdsToken } from './token-mask.ts'

export type Headers = Readonly<Record<string, string | readonly string[]>>

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

const ownResponse = new Set(['strict-transport-security', 'alt-svc', 'public-key-pins', 'set-cookie2'])

export const pairsOf = (rawHeaders: readonly string[]): readonly (readonly [string, string])[] =>
  rawHeaders.flatMap((name, index) =>
    index % 2 === 0 ? [[name.toLowerCase(), rawHeaders[index + 1] ?? ''] as const] : [],
  )

const namedByConnection = (pairs: readonly (readonly [string, string])[]): ReadonlySet<string> =>
  new Set(pairs.filter(([name]) => name === 'connection').flatMap(([, value]) => value.toLowerCase().split(/[\s,]+/)))

const gather = (pairs: readonly (readonly [string, string])[]): Record<string, string | string[]> => {
  const found: Record<string, string | string[]> = Object.create(null) as Record<string, string | string[]>
  for (const [name, value] of pairs) {
    const before = found[name]
    found[name] = before === undefined ? value : [before, value].flat()
  }
  return found
}

/** Without any credential: the caller adds the one that counts. */
export const requestHeaders = (rawHeaders: readonly string[]): Record<string, string | string[]> => {
  const pairs = pairsOf(rawHeaders)
  const named = namedByConnection(pairs)
  return gather(
    pairs.flatMap(([name, value]): [string, string][] => {
      if (hopByHop.has(name) || ownRequest.has(name) || named.has(name) || name.startsWith('x-forwarded-')) return []
      if (name !== 'cookie') return [[name, value]]
      const cookies = value.split(';').filter((cookie) => !sessionCookie.test(cookie))
      return cookies.length === 0 ? [] : [[name, cookies.join(';').trim()]]
    }),
  )
}

export interface Rewriting {
  /** The org's origin, as it may stand in `Location`. */
  readonly origin: string
  /** What the caller calls instead. */
  readonly base: string
  /** The real token: no header that holds it passes. */
  readonly token: string
}

export const responseHeaders = (rawHeaders: readonly string[], { origin, base, token }: Rewriting): Headers => {
  const pairs = pairsOf(rawHeaders)
  const named = namedByConnection(pairs)
  return gather(
    pairs.flatMap(([name, value]): [string, string][] => {
      if (hopByHop.has(name) || ownResponse.has(name) || named.has(name)) return []
      if (holdsToken(value, token)) return []
      if (name === 'location' || name === 'content-location') return [[name, atBase(value, origin, base)]]
      if (name !== 'set-cookie') return [[name, value]]
      // For our host, and never one that is a session.
      return sessionCookie.test(value) ? [] : [[name, value.replaceAll(/;\s*domain=[^;]*/gi, '')]]
    }),
  )
}

/** Addresses of the org are shown at the broker; relative ones that begin with a slash get the broker's prefix, too. */
export const atBase = (url: string, origin: string, base: string): string => {
  const parsed = URL.parse(url)
  if (parsed === null) {
    const prefix = URL.parse(base)?.pathname.replace(/\/$/, '') ?? ''
    return url.startsWith('/') && !url.startsWith('//') ? `${prefix}${url}` : url
  }
  return parsed.origin === origin ? `${base}${parsed.pathname}${parsed.search}${parsed.hash}` : url
}
