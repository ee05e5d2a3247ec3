/**
 * What Keyturn made in an org, or is making: written before the org is asked for anything, so that a process that is
 * killed leaves nothing without a name, and so that what somebody else made is never taken for ours.
 */
import { KeyturnError } from '@keyturn/tokens'
import type { Json, Records, StoreRecord } from '@keyturn/tokens'
import { createHash } from 'node:crypto'
import { readDocument } from './kept-document.ts'

export const provisionedKinds = { app: 'provisioned-app', user: 'provisioned-user' } as const
export type ProvisionedKind = keyof typeof provisionedKinds

export interface Provisioned {
  readonly state: 'begun' | 'done'
  readonly org: string
  readonly grant: string
  readonly name: string
  /** Epoch ms. */
  readonly at: number
  readonly by: string
  /** Of an app: its consumer key; and the destination that is to have the secret. */
  readonly key: string | null
  readonly secretTo: string | null
  /** Of a user: its permission set and, where it has one, its own profile. */
  readonly permissionSet: string | null
  readonly ownProfile: string | null
  /** What was described, and why what is refused otherwise was made. */
  readonly description: Json
}

export const provisionedId = (orgId: string, name: string): string =>
  `${orgId.slice(0, 15)}/${createHash('sha256').update(name.toLowerCase()).digest('hex').slice(0, 32)}`

export const provisionedOf = (record: StoreRecord): Provisioned => readDocument<Provisioned>(record)

export const readProvisioned = async (
  records: Records,
  kind: ProvisionedKind,
  orgId: string,
  name: string,
): Promise<{ readonly record: StoreRecord; readonly doc: Provisioned } | null> => {
  const record = await records.get(provisionedKinds[kind], provisionedId(orgId, name))
  return record === null ? null : { record, doc: provisionedOf(record) }
}

/** What the org refused to make was not made. */
export const dropProvisioned = (
  records: Records,
  kind: ProvisionedKind,
  orgId: string,
  name: string,
): Promise<void> => {
  const id = provisionedId(orgId, name)
  const entry = { kind: `provision-${kind}-dropped`, grant: null, data: { org: orgId, record: id } }
  return records.remove(provisionedKinds[kind], id, entry)
}

/** Throws BAD_ARGUMENT: what is there was made by others, who know what uses it. */
export const notOurs = (what: string, name: string, fix: string): KeyturnError =>
  new KeyturnError('BAD_ARGUMENT', `There is ${what} ${name} already, and Keyturn did not make it`, { fix })

export interface ProvisionedView {
  readonly kind: ProvisionedKind
  readonly name: string
  readonly grant: string
  readonly state: Provisioned['state']
  readonly at: string
  readonly by: string
  readonly consumerKey: string | null
  readonly permissionSet: string | null
}

export const listProvisioned = async (records: Records): Promise<readonly ProvisionedView[]> => {
  const found: ProvisionedView[] = []
  for (const kind of ['app', 'user'] as const)
    for (let after = ''; ;) {
      const page = await records.list(provisionedKinds[kind], after)
      for (const { name, grant, state, at, by, key, permissionSet } of page.map(provisionedOf))
        found.push({ kind, name, grant, state, at: new Date(at).toISOString(), by, consumerKey: key, permissionSet })
      const last = page.at(-1)
      if (last === undefined || page.length < 1000) break
      after = last.id
    }
  return found
}
