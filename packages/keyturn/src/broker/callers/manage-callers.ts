/**
 * Adding, changing, rotating and removing callers. Secrets are made here, leave once in the answer, and stay as keyed hashes. Each
 * change is one transaction: the caller, the head that tells the replicas, and the ledger's entry.
 */
import { isDeepStrictEqual } from 'node:util'
import { KeyturnError } from '@keyturn/tokens'
import type { Clock, Json, Keyturn, Secret } from '@keyturn/tokens'
import type { Log } from '../log.ts'
import { callerKeys, newCallerId, newCallerSecret, newPassword } from './caller-keys.ts'
import type { RandomBytes } from './caller-keys.ts'
import type { Face } from '../caller.ts'
import { callerDoc, callerKind, headId, headKind, readCaller } from './caller-record.ts'
import type { CallerDoc, StoredCaller } from './caller-record.ts'
import { readAllCallers } from './directory.ts'
import { checkCaller } from './new-caller.ts'
import type { CallerChanges, NewCaller } from './new-caller.ts'
import { scatteredGrants, scatteredText } from './real-token-networks.ts'

export type { CallerChanges, NewCaller } from './new-caller.ts'

/** What is told once and never again. */
export interface Issued {
  readonly caller: StoredCaller
  readonly secret: Secret
  readonly password: Secret | null
  /** By grant; empty where the policy allows none. */
  readonly refreshTokens: Readonly<Record<string, Secret>>
  /** What whoever added it should know. */
  readonly warnings: readonly string[]
}

export interface Changed {
  readonly caller: StoredCaller
  /** Names of what is different now. */
  readonly changed: readonly string[]
  readonly warnings: readonly string[]
}

export interface ManageOptions {
  readonly keyturn: Keyturn
  readonly clock: Clock
  readonly random: RandomBytes
  readonly log: Log
}

export interface GivenSecrets {
  readonly secret: Secret
  /** Only for a caller with a virtual user. */
  readonly password: Secret | null
}

export interface ManageCallers {
  add(caller: NewCaller): Promise<Issued>
  list(): Promise<readonly StoredCaller[]>
  /** By name or id. Throws CALLER_NOT_FOUND. */
  find(nameOrId: string): Promise<StoredCaller>
  /** Another policy. Throws CLAIM_LOST when somebody else changed it meanwhile. */
  set(nameOrId: string, changes: CallerChanges): Promise<Changed>
  /**
   * New secret, password and refresh tokens; the old ones are good for `overlap` ms more. Without an overlap (a secret
   * leaked) its virtual sessions end, too; with one they live on unless that is asked for. `given`: these instead of new
   * ones; where they are in use already nothing is changed, so that a rotation that was killed can say it again.
   */
  rotate(nameOrId: string, overlap: number, endSessions?: boolean, given?: GivenSecrets): Promise<Issued>
  /** What `rotate` left good for a while ends now, unless the caller was rotated once more since `secret` was given. */
  endFormer(nameOrId: string, secret: Secret): Promise<void>
  /** Another public key (SPKI); secrets stay as they are. Overlap and sessions as above. */
  rotateKey(nameOrId: string, publicKey: string, overlap: number, endSessions?: boolean): Promise<StoredCaller>
  remove(nameOrId: string): Promise<StoredCaller>
}

/** Of the grants that this change concerns. */
const warningsFor = (all: readonly StoredCaller[], changed: StoredCaller): readonly string[] => {
  if (!changed.doc.realTokens) return []
  const now = [...all.filter(({ id }) => id !== changed.id), changed]
  return scatteredGrants(now)
    .filter(({ grant }) => changed.doc.grants.includes(grant))
    .map(scatteredText)
}

/** It is the application's, and was not made here: nothing here can replace it. */
const ownSecretKept = ({ name, client }: CallerDoc): string =>
  `The application’s own client secret (client id ${client?.id ?? ''}) is taken as before: if that leaked, remove ${name} and add it anew.`

const sessionsTold = (ended: boolean): Readonly<Record<string, string>> => ({ sessions: ended ? 'ended' : 'kept' })

const differences = (before: CallerDoc, after: CallerDoc): readonly (keyof CallerDoc)[] =>
  (Object.keys(after) as (keyof CallerDoc)[]).filter((name) => !isDeepStrictEqual(before[name], after[name]))

/** As the ledger tells a part of the policy; nothing in it is a secret. */
const told = (value: CallerDoc[keyof CallerDoc]): string => JSON.stringify(value).slice(0, 500)

const defaultFaces = (user: string | null): readonly Face[] => [
  'oauth',
  ...(user === null ? [] : ['soap' as const]),
  'proxy',
]

export const manageCallers = ({ keyturn, clock, random, log }: ManageOptions): ManageCallers => {
  const { store } = keyturn
  const keys = callerKeys((purpose) => store.deriveKey(purpose))

  const list = (): Promise<readonly StoredCaller[]> => readAllCallers(store, log)

  const find = async (nameOrId: string): Promise<StoredCaller> => {
    const found = (await list()).find(({ id, doc }) => id === nameOrId || doc.name === nameOrId)
    if (found === undefined) throw new KeyturnError('CALLER_NOT_FOUND', `There is no caller ${nameOrId.slice(0, 64)}`)
    return found
  }

  const save = async (
    id: string,
    expect: number | null,
    doc: CallerDoc,
    kind: string,
    { head, more = {} }: { readonly head?: number | null; readonly more?: Readonly<Record<string, string>> } = {},
  ): Promise<StoredCaller> => {
    const entry = { kind, data: { caller: id, name: doc.name, grants: doc.grants.join(' '), ...more } }
    const [record] = await store.records.putAll(
      [
        { kind: callerKind, id, doc: doc as Json, expect },
        { kind: headKind, id: headId, doc: null, ...(head === undefined ? {} : { expect: head }) },
      ],
      entry,
    )
    if (record === undefined) throw new KeyturnError('DEFECT', 'a caller that was just written is not there')
    return readCaller(record)
  }

  const refreshTokens = ({ id, doc, ranges }: StoredCaller): Issued['refreshTokens'] => {
    const bound = !ranges.empty || doc.certificates.length > 0 || doc.sockets.length > 0
    if (!doc.faces.includes('oauth') || doc.expiresAt === null || !bound) return {}
    return Object.fromEntries(
      doc.grants.map((grant) => [grant, keys.refreshToken({ caller: id, grant, epoch: doc.refreshEpoch })]),
    )
  }

  return {
    list,
    find,
    add: async (caller) => {
      // Who adds another one meanwhile moves the head: names stay unique.
      const head = (await store.records.get(headKind, headId))?.version ?? null
      const all = await list()
      const user = caller.virtualUser ?? null
      const taken = all.find(
        ({ doc }) =>
          doc.name === caller.name || (user !== null && doc.virtualUser?.toLowerCase() === user.toLowerCase()),
      )
      if (taken !== undefined)
        throw new KeyturnError('CALLER_EXISTS', `The caller ${taken.doc.name} has that name or user name already`)
      const id = newCallerId(random)
      const secret = newCallerSecret(random)
      const password = user === null ? null : newPassword(random)
      const { client = null, takeOver = null, grants, perMinute } = caller
      const doc: CallerDoc = {
        v: 1,
        name: caller.name,
        createdAt: clock.wall(),
        grants: [...grants],
        faces: [...(caller.faces ?? defaultFaces(user))],
        paths: caller.paths ?? null,
        ranges: [...(caller.ranges ?? [])],
        anyAddress: caller.anyAddress ?? false,
        rate: perMinute == null ? null : { perMinute },
        expiresAt: caller.expiresAt ?? null,
        realTokens: caller.realTokens ?? false,
        operator: caller.operator ?? false,
        secret: keys.hash(id, secret),
        previousSecret: null,
        virtualUser: user,
        password: password === null ? null : keys.hash(id, password),
        previousPassword: null,
        certificates: [...(caller.certificates ?? [])],
        sockets: [...(caller.sockets ?? [])],
        client:
          client === null
            ? null
            : { id: client.id, hash: client.secret === null ? null : keys.hash(id, client.secret) },
        refreshEpoch: 1,
        previousRefreshUntil: 0,
        takeOver:
          takeOver === null
            ? null
            : { lineage: store.lineageOf(takeOver.token), grant: grants[0] ?? '', until: takeOver.until },
        rotatedAt: null,
        publicKey: caller.publicKey ?? null,
        previousPublicKey: null,
        audiences: [...(caller.audiences ?? [])],
        sessionEpoch: 0,
      }
      checkCaller(doc)
      for (const grant of grants) await keyturn.grants.show(grant)
      const added = await save(id, null, doc, 'caller-added', { head })
      return { caller: added, secret, password, refreshTokens: refreshTokens(added), warnings: warningsFor(all, added) }
    },
    set: async (nameOrId, changes) => {
      const { id, version, doc } = await find(nameOrId)
      const { perMinute, ...others } = changes
      const given = Object.fromEntries(Object.entries(others).filter(([, value]) => value !== undefined))
      const rate = perMinute === undefined ? {} : { rate: perMinute === null ? null : { perMinute } }
      const next = callerDoc.parse({ ...doc, ...given, ...rate })
      checkCaller(next)
      for (const grant of next.grants) if (!doc.grants.includes(grant)) await keyturn.grants.show(grant)
      const changed = differences(doc, next)
      if (changed.length === 0) return { caller: await find(id), changed, warnings: [] }
      const more = Object.fromEntries(changed.map((name) => [`new.${name}`, told(next[name])]))
      const caller = await save(id, version, next, 'caller-changed', { more: { changed: changed.join(' '), ...more } })
      const kept =
        doc.realTokens && !next.realTokens
          ? [`${doc.name} keeps the real tokens it was handed until those sessions end at Salesforce.`]
          : []
      return { caller, changed, warnings: [...warningsFor(await list(), caller), ...kept] }
    },
    rotate: async (nameOrId, overlap, endSessions = overlap <= 0, given) => {
      const found = await find(nameOrId)
      const { id, version, doc } = found
      const now = clock.wall()
      const secret = given?.secret ?? newCallerSecret(random)
      const password = doc.virtualUser === null ? null : (given?.password ?? newPassword(random))
      if (given !== undefined && keys.fits(id, secret, [doc.secret, null]))
        return { caller: found, secret, password, refreshTokens: refreshTokens(found), warnings: [] }
      const before = (hash: string | null) => (hash === null || overlap <= 0 ? null : { hash, until: now + overlap })
      const next: CallerDoc = {
        ...doc,
        secret: keys.hash(id, secret),
        previousSecret: before(doc.secret),
        password: password === null ? null : keys.hash(id, password),
        previousPassword: before(doc.password),
        refreshEpoch: doc.refreshEpoch + 1,
        previousRefreshUntil: overlap <= 0 ? 0 : now + overlap,
        rotatedAt: now,
        sessionEpoch: doc.sessionEpoch + (endSessions ? 1 : 0),
      }
      const rotated = await save(id, version, next, 'caller-rotated', { more: sessionsTold(endSessions) })
      const warnings = overlap <= 0 && doc.client?.hash != null ? [ownSecretKept(doc)] : []
      return { caller: rotated, secret, password, refreshTokens: refreshTokens(rotated), warnings }
    },
    endFormer: async (nameOrId, secret) => {
      const { id, version, doc } = await find(nameOrId)
      const none = doc.previousSecret === null && doc.previousPassword === null && doc.previousRefreshUntil === 0
      if (none || !keys.fits(id, secret, [doc.secret, null])) return
      const next = { ...doc, previousSecret: null, previousPassword: null, previousRefreshUntil: 0 }
      await save(id, version, next, 'caller-former-ended')
    },
    rotateKey: async (nameOrId, publicKey, overlap, endSessions = overlap <= 0) => {
      const { id, version, doc } = await find(nameOrId)
      const now = clock.wall()
      const before = doc.publicKey
      const next: CallerDoc = {
        ...doc,
        publicKey,
        previousPublicKey: before === null || overlap <= 0 ? null : { spki: before, until: now + overlap },
        rotatedAt: now,
        sessionEpoch: doc.sessionEpoch + (endSessions ? 1 : 0),
      }
      checkCaller(next)
      return save(id, version, next, 'caller-key-rotated', { more: sessionsTold(endSessions) })
    },
    remove: async (nameOrId) => {
      const found = await find(nameOrId)
      const { id, doc } = found
      const entry = { kind: 'caller-removed', data: { caller: id, name: doc.name } }
      await store.records.putAll([{ kind: headKind, id: headId, doc: null }], entry, [{ kind: callerKind, id }])
      return found
    },
  }
}
