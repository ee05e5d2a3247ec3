/**
 * Adding, rotating and removing callers. Secrets are made here, leave once in the answer, and stay as keyed hashes. Each
 * change is one transaction: the caller, the head that tells the replicas, and the ledger's entry.
 */
import { isDeepStrictEqual } from 'node:util'
import { KeyturnError } from '@keyturn/tokens'
import type { Clock, Json, Keyturn, Secret } from '@keyturn/tokens'
import type { Face, PathRule } from '../caller.ts'
import type { Log } from '../log.ts'
import { addressRanges } from './address-ranges.ts'
import { callerKeys, newCallerId, newCallerSecret, newPassword } from './caller-keys.ts'
import type { RandomBytes } from './caller-keys.ts'
import { callerKind, headId, headKind, readCaller } from './caller-record.ts'
import type { CallerDoc, StoredCaller } from './caller-record.ts'
import { readAllCallers } from './directory.ts'

export interface NewCaller {
  readonly name: string
  readonly grants: readonly string[]
  readonly faces: readonly Face[]
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
}

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

export interface ManageOptions {
  readonly keyturn: Keyturn
  readonly clock: Clock
  readonly random: RandomBytes
  readonly log: Log
}

export interface ManageCallers {
  add(caller: NewCaller): Promise<Issued>
  list(): Promise<readonly StoredCaller[]>
  /** By name or id. Throws CALLER_NOT_FOUND. */
  find(nameOrId: string): Promise<StoredCaller>
  /** New secret, password and refresh tokens; the old ones are good for `overlap` ms more. */
  rotate(nameOrId: string, overlap: number): Promise<Issued>
  remove(nameOrId: string): Promise<StoredCaller>
}

const bad = (message: string, fix: string): KeyturnError => new KeyturnError('BAD_ARGUMENT', message, { fix })

const check = (caller: NewCaller): void => {
  const { name, grants, faces, ranges = [], certificates = [], sockets = [], paths, perMinute, expiresAt } = caller
  if (!/^[A-Za-z0-9][\w.@-]{0,63}$/.test(name))
    throw bad('That is no name of a caller', 'Use up to 64 letters, digits, dots, dashes, underscores and @.')
  if (faces.length === 0) throw bad(`${name} would have no face`, 'Name at least one: oauth, soap, proxy, api.')
  if (grants.length === 0 && caller.operator !== true)
    throw bad(`${name} would have no grant`, 'Name at least one grant that it may use.')
  addressRanges(ranges)
  if (ranges.length === 0 && certificates.length === 0 && sockets.length === 0 && caller.anyAddress !== true)
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
  if (perMinute != null && !(perMinute >= 1 && perMinute <= 1_000_000))
    throw bad('That is no rate', 'Name how many requests a minute, from 1 to 1,000,000.')
  if (expiresAt != null && !Number.isSafeInteger(expiresAt))
    throw bad('That is no moment', 'Name a date such as 2027-01-31.')
  if (caller.takeOver != null && (ranges.length === 0 || caller.client?.secret == null))
    throw bad('An old refresh token is taken over only together with a client secret and a source range', 'Add both.')
}

/** Networks that one grant's callers of real tokens sit in: Salesforce may freeze a user seen at scattered addresses. */
const scattered = (all: readonly StoredCaller[], added: CallerDoc): readonly string[] => {
  if (!added.realTokens) return []
  return added.grants.flatMap((grant) => {
    const others = all.filter(({ doc }) => doc.realTokens && doc.grants.includes(grant))
    const elsewhere = others.filter(({ doc }) => !isDeepStrictEqual([...doc.ranges].sort(), [...added.ranges].sort()))
    return elsewhere.length === 0
      ? []
      : [
          `Real tokens of ${grant} now go to different networks (${elsewhere.map(({ doc }) => doc.name).join(', ')}): Salesforce may freeze a user whose token appears at scattered addresses.`,
        ]
  })
}

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
    head?: number | null,
  ): Promise<StoredCaller> => {
    const entry = { kind, data: { caller: id, name: doc.name, grants: doc.grants.join(' ') } }
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
      check(caller)
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
      for (const grant of caller.grants) await keyturn.grants.show(grant)
      const id = newCallerId(random)
      const secret = newCallerSecret(random)
      const password = user === null ? null : newPassword(random)
      const { client = null, takeOver = null, grants, perMinute } = caller
      const doc: CallerDoc = {
        v: 1,
        name: caller.name,
        createdAt: clock.wall(),
        grants: [...grants],
        faces: [...caller.faces],
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
      }
      const added = await save(id, null, doc, 'caller-added', head)
      return { caller: added, secret, password, refreshTokens: refreshTokens(added), warnings: scattered(all, doc) }
    },
    rotate: async (nameOrId, overlap) => {
      const { id, version, doc } = await find(nameOrId)
      const now = clock.wall()
      const secret = newCallerSecret(random)
      const password = doc.virtualUser === null ? null : newPassword(random)
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
      }
      const rotated = await save(id, version, next, 'caller-rotated')
      return { caller: rotated, secret, password, refreshTokens: refreshTokens(rotated), warnings: [] }
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
