/** What a caller may be enrolled or changed to, and what is wrong with it. */
import { KeyturnError } from '@keyturn/tokens'
import type { Secret } from '@keyturn/tokens'
import type { Face, PathRule } from '../caller.ts'
import { addressRanges } from './address-ranges.ts'
import type { CallerDoc } from './caller-record.ts'

export interface NewCaller {
  readonly name: string
  readonly grants: readonly string[]
  /** Default: oauth and proxy, and soap where it has a user name for it. */
  readonly faces?: readonly Face[] | undefined
  readonly paths?: readonly PathRule[] | null
  readonly ranges?: readonly string[]
  readonly anyAddress?: boolean
  readonly perMinute?: number | null
  readonly expiresAt?: number | null
  readonly realTokens?: boolean
  readonly operator?: boolean
  /** The user name for SOAP `login()` and the password flow; a password is made for it. */
  readonly virtualUser?: string | null
  readonly certificates?: readonly string[]
  readonly sockets?: readonly string[]
  /** The OAuth client as the application has it; without a secret it is a public one. */
  readonly client?: { readonly id: string; readonly secret: Secret | null } | null
  /** The application's old real refresh token, accepted until then. */
  readonly takeOver?: { readonly token: Secret; readonly until: number } | null
  /** SPKI in base64 (`readPublicKey`): it may log in by assertions signed with the private half. */
  readonly publicKey?: string | null
  /** What its assertions may name as audience beside the broker. */
  readonly audiences?: readonly string[]
}

/** What `caller set` changes: each list as a whole. Names, secrets and keys have commands of their own. */
export type CallerChanges = Partial<
  Pick<
    NewCaller,
    | 'grants'
    | 'faces'
    | 'paths'
    | 'ranges'
    | 'anyAddress'
    | 'perMinute'
    | 'expiresAt'
    | 'realTokens'
    | 'operator'
    | 'certificates'
    | 'sockets'
    | 'audiences'
  >
>

const bad = (message: string, fix: string): KeyturnError => new KeyturnError('BAD_ARGUMENT', message, { fix })

type Checked = Pick<
  CallerDoc,
  'name' | 'grants' | 'faces' | 'paths' | 'ranges' | 'anyAddress' | 'certificates' | 'sockets' | 'expiresAt'
> &
  Pick<CallerDoc, 'rate' | 'operator' | 'takeOver' | 'client' | 'publicKey' | 'audiences'>

/** Throws BAD_ARGUMENT. */
export const checkCaller = (doc: Checked): void => {
  const { name, grants, faces, paths, ranges, anyAddress, certificates, sockets, rate, expiresAt } = doc
  if (!/^[A-Za-z0-9][\w.@-]{0,63}$/.test(name))
    throw bad('That is no name of a caller', 'Use up to 64 letters, digits, dots, dashes, underscores and @.')
  if (faces.length === 0) throw bad(`${name} would have no face`, 'Name at least one: oauth, soap, proxy, api.')
  if (grants.length === 0 && !doc.operator)
    throw bad(`${name} would have no grant`, 'Name at least one grant that it may use.')
  addressRanges(ranges)
  if (ranges.length === 0 && certificates.length === 0 && sockets.length === 0 && !anyAddress)
    throw bad(
      `Nothing says where ${name} may come from`,
      'Name a source range, a certificate, a socket, or say that any address will do.',
    )
  for (const fingerprint of certificates)
    if (!/^[0-9a-f]{64}$/.test(fingerprint))
      throw bad('That is no fingerprint of a certificate', 'Write the SHA-256 in 64 hex digits, without colons.')
  for (const rule of paths ?? [])
    if (!/^(\*|[A-Z]+)$/.test(rule.method) || !/^\/[^\s?#]*$/.test(rule.prefix) || rule.prefix.includes('/..'))
      throw bad(`${rule.method} ${rule.prefix} is no rule for paths`, 'Write GET:/services/data or *:/services.')
  if (rate !== null && !(rate.perMinute >= 1 && rate.perMinute <= 1_000_000))
    throw bad('That is no rate', 'Name how many requests a minute, from 1 to 1,000,000.')
  if (expiresAt !== null && !Number.isSafeInteger(expiresAt))
    throw bad('That is no moment', 'Name a date such as 2027-01-31.')
  if (doc.takeOver !== null && (ranges.length === 0 || doc.client?.hash == null))
    throw bad('An old refresh token is taken over only together with a client secret and a source range', 'Add both.')
  if (doc.publicKey !== null && !faces.includes('oauth'))
    throw bad(`${name} has a public key and no face to use it at`, 'Add the face oauth.')
  for (const audience of doc.audiences)
    if (!/^https?:\/\/[^\s/?#]+(\/[^\s?#]*)?$/.test(audience))
      throw bad(`${audience.slice(0, 60)} is no audience`, 'Write an address such as https://login.salesforce.com.')
  if (doc.audiences.length > 0 && doc.publicKey === null)
    throw bad('An audience is for callers that log in by assertions', 'Add the public key of this one.')
}
