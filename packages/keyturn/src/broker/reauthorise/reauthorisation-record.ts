/**
 * A re-authorisation as the store keeps it: one record a grant, by the grant's id, changed by compare-and-set. Any
 * replica can take the click, and another one the callback. The link and the PKCE verifiers lie beside it, sealed.
 */
import * as z from 'zod'
import type { StoreRecord } from '@keyturn/tokens'

export const reauthorisationKind = 'reauthorisation'

/** A login that somebody began by the link: two tabs or a double click are two of them. */
const login = z.strictObject({
  /** Names its sealed verifier. */
  slot: z.number(),
  /** SHA-256 of the `state`, and of the cookie of the browser that began it. */
  state: z.string(),
  browser: z.string(),
  redirectUri: z.string(),
  until: z.number(),
  used: z.boolean(),
})

const reauthorisationDoc = z.strictObject({
  v: z.literal(1),
  grant: z.string(),
  /**
   * `open`: the link can be used · `trading`: a code is on its way to tokens · `finishing`: the new grant lives, what is
   * left of the old one is being ended · `done` · `closed`: it came back otherwise.
   */
  status: z.enum(['open', 'trading', 'finishing', 'done', 'closed']),
  /** Because the grant is dead, or because somebody wanted it. */
  reason: z.enum(['dead', 'asked']),
  /** SHA-256 of what stands in the link. */
  link: z.string(),
  /** Of the token that is to be replaced: as it was when the link was made, then when a callback was taken. */
  lineage: z.string().nullable(),
  madeAt: z.number(),
  expiresAt: z.number(),
  why: z.string(),
  by: z.string(),
  owner: z.string().nullable(),
  /** Who has to log in, and where. */
  orgId: z.string(),
  userId: z.string(),
  username: z.string().nullable(),
  loginUrl: z.string(),
  clientId: z.string(),
  scope: z.string(),
  logins: z.array(login).readonly(),
  /** How many logins were begun. */
  begun: z.number(),
  /** While `trading` or `finishing`: when whoever is at it has given up or died. */
  busyUntil: z.number().nullable(),
  toldAt: z.number().nullable(),
  /** Somebody else was seen to have used the token: told once. */
  alarmedAt: z.number().nullable(),
  /** How the last login went. */
  outcome: z.string().nullable(),
})

export type ReauthorisationDoc = z.infer<typeof reauthorisationDoc>
export type BegunLogin = ReauthorisationDoc['logins'][number]

export interface Reauthorisation {
  readonly grantId: string
  readonly version: number
  readonly doc: ReauthorisationDoc
}

export const readReauthorisation = ({ id, version, doc }: StoreRecord): Reauthorisation => ({
  grantId: id,
  version,
  doc: reauthorisationDoc.parse(doc),
})

/** Somebody can still come back by its link. */
export const isLiving = ({ status, expiresAt }: ReauthorisationDoc, now: number): boolean =>
  (status === 'open' && now < expiresAt) || status === 'trading' || status === 'finishing'

/** Whoever traded or finished is gone: another one may go on. */
export const isAbandoned = ({ status, busyUntil }: ReauthorisationDoc, now: number): boolean =>
  (status === 'trading' || status === 'finishing') && now >= (busyUntil ?? 0)
