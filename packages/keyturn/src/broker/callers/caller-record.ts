/**
 * A caller as the store keeps it: a record of kind `caller`. Nothing in it is a secret; hashes are keyed (caller-keys).
 * Every change moves the record `callers-head` in the same transaction, by which each replica notices it.
 */
import type { KeyObject } from 'node:crypto'
import * as z from 'zod'
import type { StoreRecord } from '@keyturn/tokens'
import type { Caller } from '../caller.ts'
import { addressRanges } from './address-ranges.ts'
import type { AddressRanges } from './address-ranges.ts'
import { keyFromSpki } from './assertion.ts'

export const callerKind = 'caller'
export const headKind = 'callers-head'
export const headId = 'head'

/** What was valid before the last rotation, and until when. */
const previous = z.strictObject({ hash: z.string(), until: z.number() }).nullable()

export const callerDoc = z.strictObject({
  v: z.literal(1),
  name: z.string(),
  createdAt: z.number(),
  grants: z.array(z.string()).readonly(),
  faces: z.array(z.enum(['oauth', 'soap', 'proxy', 'api'])).readonly(),
  paths: z
    .array(z.strictObject({ method: z.string(), prefix: z.string() }).readonly())
    .readonly()
    .nullable(),
  ranges: z.array(z.string()).readonly(),
  /** Somebody said that it may come from anywhere. */
  anyAddress: z.boolean(),
  rate: z.strictObject({ perMinute: z.number() }).readonly().nullable(),
  expiresAt: z.number().nullable(),
  realTokens: z.boolean(),
  operator: z.boolean(),
  secret: z.string().nullable(),
  previousSecret: previous,
  virtualUser: z.string().nullable(),
  password: z.string().nullable(),
  previousPassword: previous,
  /** SHA-256 of client certificates. */
  certificates: z.array(z.string()).readonly(),
  /** Names of Unix sockets that only this caller may open. */
  sockets: z.array(z.string()).readonly(),
  /** The application's own OAuth client, kept as it is in the application; null hash: a public client. */
  client: z.strictObject({ id: z.string(), hash: z.string().nullable() }).nullable(),
  refreshEpoch: z.number(),
  previousRefreshUntil: z.number(),
  /** The old real refresh token that this caller may still show until then. */
  takeOver: z.strictObject({ lineage: z.string(), grant: z.string(), until: z.number() }).nullable(),
  rotatedAt: z.number().nullable(),
  /** SPKI, base64: what its assertions are signed with. */
  publicKey: z.string().nullable().default(null),
  previousPublicKey: z.strictObject({ spki: z.string(), until: z.number() }).nullable().default(null),
  /** What its assertions may name instead of the broker, because the program can't be changed. */
  audiences: z.array(z.string()).readonly().default([]),
  /** Moves when all its sessions are ended. */
  sessionEpoch: z.number().default(0),
})

export type CallerDoc = z.infer<typeof callerDoc>

export interface StoredCaller {
  readonly id: string
  readonly version: number
  readonly doc: CallerDoc
  readonly ranges: AddressRanges
  readonly caller: Caller
  readonly publicKey: KeyObject | null
  readonly previousPublicKey: KeyObject | null
}

export const readCaller = ({ id, version, doc: json }: StoreRecord): StoredCaller => {
  const doc = callerDoc.parse(json)
  const { name, grants, faces, paths, ranges, anyAddress, certificates, sockets, rate, expiresAt } = doc
  const { realTokens, virtualUser, operator, sessionEpoch, publicKey, previousPublicKey } = doc
  return {
    id,
    version,
    doc,
    ranges: addressRanges(ranges),
    caller: {
      ...{ id, name, grants, faces, paths, ranges, anyAddress, certificates, sockets, rate, expiresAt },
      ...{ realTokens, virtualUser, operator, sessionEpoch },
    },
    publicKey: publicKey === null ? null : keyFromSpki(publicKey),
    previousPublicKey: previousPublicKey === null ? null : keyFromSpki(previousPublicKey.spki),
  }
}

/** Nobody: what an unknown caller is compared with, so that it takes the same path. */
export const nobody: StoredCaller = readCaller({
  kind: callerKind,
  id: 'ktc_00000000000000000000',
  version: 0,
  changedAt: 0,
  doc: {
    v: 1,
    name: 'nobody',
    createdAt: 0,
    grants: [],
    faces: [],
    paths: [],
    ranges: [],
    anyAddress: false,
    rate: null,
    expiresAt: 0,
    realTokens: false,
    operator: false,
    secret: null,
    previousSecret: null,
    virtualUser: null,
    password: null,
    previousPassword: null,
    certificates: [],
    sockets: [],
    client: null,
    refreshEpoch: 0,
    previousRefreshUntil: 0,
    takeOver: null,
    rotatedAt: null,
    publicKey: null,
    previousPublicKey: null,
    audiences: [],
    sessionEpoch: 0,
  },
})
