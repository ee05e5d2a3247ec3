/** Where a person's browser reaches this broker; or why a link can't be made, and what to do instead. */
import { KeyturnError } from '@keyturn/tokens'

const loopback = /^(localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\])$/

export type PublicAddress = { readonly url: string; readonly secure: boolean } | { readonly missing: string }

export const publicAddress = (publicUrl: string | null): PublicAddress => {
  if (publicUrl === null) return { missing: 'broker.publicUrl is not set, so nobody’s browser can come back here' }
  const { protocol, hostname, origin } = new URL(publicUrl)
  if (protocol === 'https:') return { url: origin, secure: true }
  if (loopback.test(hostname)) return { url: origin, secure: false }
  return { missing: 'broker.publicUrl is not HTTPS: an authorisation code must not cross the network in clear' }
}

export const linkAddress = (base: string, link: string): string => `${base}/reauthorise/${link}`
export const callbackAddress = (base: string): string => `${base}/reauthorise/callback`

export const byHand = (grant: string): string =>
  `Run \`keyturn connect ${grant}\` where a browser can be opened, or set broker.publicUrl to the broker’s HTTPS address.`

export const noAddress = (missing: string, grant: string): KeyturnError =>
  new KeyturnError('CONFIG_INVALID', `No link can be made for ${grant}: ${missing}`, { fix: byHand(grant) })
