/**
 * Authentication-Results (RFC 8601): what the server that took a mail in found out about it. Anybody can write such a
 * header into a mail, so only the top-most one that names *our* server is believed (§5, §7.1); it is the server's duty to
 * take out those that arrived with its own name (`keyturn mailbox check` looks whether it writes one at all).
 */
import { partsOf } from './header-field.ts'
import type { MailAuthentication, MailVerdict } from './mailbox.ts'

interface MethodResult {
  readonly method: string
  readonly result: string
  /** `header.d`, `smtp.mailfrom`, … */
  readonly properties: ReadonlyMap<string, string>
}

interface AuthenticationResults {
  /** Null: it names no server, as Microsoft 365 writes it. */
  readonly authservId: string | null
  readonly results: readonly MethodResult[]
}

/** Of the setting `authservId`: the top-most header, if it names no server. */
export const unnamed = 'unnamed'

const unquoted = (value: string): string => (value.startsWith('"') ? value.slice(1, -1).replace(/\\(.)/g, '$1') : value)

const resultOf = (part: string): MethodResult | null => {
  const match = /^\s*([a-z0-9-]+)\s*(?:\/\s*\d+\s*)?=\s*([a-z0-9-]+)(?=\s|$)(.*)$/is.exec(part)
  const [, method, result, rest = ''] = match ?? []
  if (method === undefined || result === undefined) return null
  const properties = new Map<string, string>()
  for (const [, type, name, value] of rest.matchAll(
    /(?<=\s|^)([a-z0-9-]+)\s*\.\s*([a-z0-9_-]+)\s*=\s*("(?:[^"\\]|\\.)*"|[^\s"]+)/gi,
  )) {
    const key = `${type}.${name}`.toLowerCase()
    // Said twice, differently: neither is believed.
    properties.set(key, properties.has(key) && properties.get(key) !== value ? '' : unquoted(value ?? ''))
  }
  return { method: method.toLowerCase(), result: result.toLowerCase(), properties }
}

/** Null: it is not what the RFC describes. */
export const parseAuthenticationResults = (value: string): AuthenticationResults | null => {
  const [first, ...parts] = partsOf(value, ';') ?? []
  if (first === undefined) return null
  const id = /^\s*("(?:[^"\\]|\\.)*"|[^\s"=]+)(?:\s+\d+)?\s*$/.exec(first)?.[1]
  // Microsoft 365 names the receiving domain in between.
  const bare = id === undefined ? /^\s*(?:[a-z0-9.-]+\s*)?$/i : /^\s*$/
  const said = (id === undefined ? [first, ...parts] : parts).filter((part) => !bare.test(part))
  const results = said.filter((part) => !/^\s*none\s*$/i.test(part)).map(resultOf)
  if (results.includes(null) || (id === undefined && results.length === 0)) return null
  return {
    authservId: id === undefined ? null : unquoted(id).toLowerCase(),
    results: results.filter((result) => result !== null),
  }
}

/** Relaxed alignment (RFC 7489 §3.1.1) without a list of public suffixes: nobody can sign for one. */
const aligned = (signed: string, from: string): boolean => {
  const domain = signed.slice(signed.lastIndexOf('@') + 1).toLowerCase()
  return domain.includes('.') && (from === domain || from.endsWith(`.${domain}`) || domain.endsWith(`.${from}`))
}

const unknown: MailAuthentication = { dkim: 'unknown', spf: 'unknown', dmarc: 'unknown' }

const plainVerdict = (result: string): MailVerdict =>
  result === 'pass'
    ? 'pass'
    : result === 'none' || result === 'neutral'
      ? 'none'
      : result === 'temperror'
        ? 'unknown'
        : 'fail'

/** Several results of one method: all must pass. */
const allOf = (verdicts: readonly MailVerdict[]): MailVerdict =>
  verdicts.length === 0
    ? 'none'
    : ((['fail', 'unknown', 'none'] as const).find((one) => verdicts.includes(one)) ?? 'pass')

/** What our server says of a mail from that domain. `headers`: the values of all such fields, the top-most first. */
export const authenticationOf = (
  headers: readonly string[],
  authservId: string | undefined,
  fromDomain: string,
): MailAuthentication => {
  if (authservId === undefined) return unknown
  const named = authservId === unnamed ? null : authservId.toLowerCase()
  const parsed = (named === null ? headers.slice(0, 1) : headers).map(parseAuthenticationResults)
  // A broken one could be ours: nothing below it is looked at.
  const ours = parsed.find((one) => one === null || one.authservId === named)
  if (ours === undefined || ours === null) return unknown
  const of = (method: string): readonly MethodResult[] => ours.results.filter((one) => one.method === method)
  const signatures = of('dkim').map(({ result, properties }): MailVerdict => {
    const domain = properties.get('header.d') ?? properties.get('header.i')
    const verdict = plainVerdict(result)
    // A stranger's good signature says nothing of this sender.
    return verdict === 'pass' && (domain === undefined || !aligned(domain, fromDomain)) ? 'none' : verdict
  })
  const policy = of('dmarc').map(({ result, properties }): MailVerdict => {
    const about = properties.get('header.from')
    return about !== undefined && about.toLowerCase() !== fromDomain ? 'fail' : plainVerdict(result)
  })
  return {
    // One good signature is enough (RFC 6376 §6.1), also among broken ones.
    dkim: signatures.includes('pass') ? 'pass' : allOf(signatures),
    spf: allOf(of('spf').map(({ result }) => plainVerdict(result))),
    dmarc: allOf(policy),
  }
}
