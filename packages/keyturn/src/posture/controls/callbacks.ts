/** What kind of place a callback address is: it decides which rules an app can keep at all. */

type CallbackKind =
  /** This very computer: any program on it can listen there. */
  | 'local'
  /** A scheme of an installed program: it can't keep a secret, and has no address of its own. */
  | 'native'
  | 'salesforce'
  | 'plain-http'
  | 'wildcard'
  | 'web'
  | 'odd'

const salesforceHosts = ['salesforce.com', 'force.com', 'salesforce-setup.com', 'salesforce.mil', 'cloudforce.com']

const isLocal = (host: string): boolean =>
  host === 'localhost' ||
  host.endsWith('.localhost') ||
  host === 'localhost.localdomain' ||
  host === '0.0.0.0' ||
  host === '[::1]' ||
  host === '[::]' ||
  host.startsWith('[::ffff:7f') ||
  /^127(\.\d{1,3}){3}$/.test(host)

export const callbackKind = (callback: string): CallbackKind => {
  if (callback.includes('*')) return 'wildcard'
  if (!URL.canParse(callback)) return 'odd'
  const { protocol, hostname } = new URL(callback)
  if (protocol !== 'https:' && protocol !== 'http:') return 'native'
  const host = hostname.toLowerCase().replace(/\.$/, '')
  if (isLocal(host)) return 'local'
  if (protocol === 'http:') return 'plain-http'
  return salesforceHosts.some((parent) => host === parent || host.endsWith(`.${parent}`)) ? 'salesforce' : 'web'
}

/** An app whose every callback is on a person's own device can't keep a secret. */
export const isPublicClient = (callbacks: readonly string[]): boolean =>
  callbacks.length > 0 && callbacks.every((callback) => ['local', 'native'].includes(callbackKind(callback)))
