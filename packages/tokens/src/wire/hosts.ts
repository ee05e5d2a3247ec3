/**
 * Which hosts a refresh token may be sent to: Salesforce's own, loopback, and what was allowed by name.
 *
 * The forms are those of Salesforce's help, "My Domain URL Formats" and "Set the My Domain Login Policy":
 * login/test.salesforce.com, instanced hosts (usa77.salesforce.com; their API traffic ends with Winter '27), My Domain
 * with or without a partition (NAME.my.salesforce.com, NAME--SANDBOX.sandbox.my.salesforce.com,
 * NAME.develop.my.salesforce.com), its older suffix cloudforce.com, Experience Cloud sites (NAME.my.site.com), and
 * the suffixes of Government Cloud Plus – Defense (my.salesforce.mil) and of Salesforce on Alibaba Cloud
 * (my.sfcrmproducts.cn). Hosts that serve what customers upload (force.com, documentforce.com) are not among them.
 */
import { KeyturnError } from '../errors.ts'

const exact = new Set(['login.salesforce.com', 'test.salesforce.com'])
const instance = /^[a-z]{2,4}\d{1,4}s?\.salesforce\.com$/
const label = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/
/** Suffix and how many labels may stand before it. */
const suffixes: readonly (readonly [string, number])[] = [
  ['.my.salesforce.com', 2],
  ['.my.site.com', 2],
  ['.my.salesforce.mil', 2],
  ['.my.sfcrmproducts.cn', 2],
  ['.cloudforce.com', 1],
]

function isSalesforceHost(host: string): boolean {
  if (exact.has(host) || instance.test(host)) return true
  return suffixes.some(([suffix, most]) => {
    if (!host.endsWith(suffix)) return false
    const labels = host.slice(0, -suffix.length).split('.')
    return labels.length <= most && labels.every((part) => label.test(part))
  })
}

/** `host` as `URL.hostname` gives it. */
export const isLoopbackHost = (host: string): boolean =>
  host === 'localhost' || host === '[::1]' || host === '::1' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host)

/**
 * The canonical form of a login URL (an origin: lower case, punycode, no default port, no slash), or LOGIN_URL_REFUSED.
 * `allowHosts` names further hosts exactly, as `host` or `host:port`; they must speak HTTPS.
 */
export function checkLoginUrl(url: string, allowHosts: readonly string[] = []): string {
  const text = url.trim()
  // URL parsers drop tabs and newlines and read a backslash as a slash: what a person reads isn't what is called.
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  if (/[\x00-\x20\\\x7f]/.test(text)) throw refused('It holds blanks, control characters or a backslash.')
  if (!/^https?:\/\/[^/]/i.test(text)) throw refused('It must begin with https://.')
  const parsed = URL.parse(text)
  if (!parsed) throw refused('It is not a URL.')
  if (parsed.username || parsed.password || /^[^/?#]*@/.test(text.slice(text.indexOf('//') + 2))) {
    throw refused('It names a user or password before the host; credentials belong elsewhere.')
  }
  const { host, hostname } = parsed
  if (parsed.pathname !== '/' || parsed.search || parsed.hash) {
    throw refused(`Give the host only: ${parsed.origin}, without a path or query.`, host)
  }
  if (isLoopbackHost(hostname)) return parsed.origin
  if (parsed.protocol !== 'https:') throw refused('Only loopback may be called without TLS: use https://.', host)
  const allowed = allowHosts.map((entry) => URL.parse(`https://${entry.trim()}`)?.host)
  if (allowed.includes(host)) return parsed.origin
  // Letters that merely look like others survive as xn-- and fail below; those that fold into ASCII (full-width
  // letters, the ideographic full stop) would pass, and nobody writes them in good faith.
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  if (/[^\x00-\x7f]|%/.test(text)) throw refused('It is written with other than ASCII letters.', host)
  if (parsed.port !== '' || !isSalesforceHost(hostname)) {
    throw refused(`${host} is not a login host of Salesforce, a My Domain or loopback.`, host)
  }
  return parsed.origin
}

const refused = (why: string, host?: string): KeyturnError<'LOGIN_URL_REFUSED'> =>
  new KeyturnError('LOGIN_URL_REFUSED', `This login URL is refused. ${why}`, { data: { host } })
