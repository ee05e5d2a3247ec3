/**
 * Grants that callers of the broker may not use while a credential with `onOverdue: block-caller` is overdue: one record
 * of kind `blocked-grant` each, written by whichever replica sees it first and read by all. The grant itself lives, and
 * whoever rotates can use it.
 */
import * as z from 'zod'
import { KeyturnError } from '@keyturn/tokens'
import type { Records } from '@keyturn/tokens'
import type { Assessed } from './assess.ts'
import { ownGrants } from './own-grants.ts'

export const blockedKind = 'blocked-grant'

const doc = z
  .strictObject({ v: z.literal(1), credentials: z.array(z.string()).readonly(), since: z.number() })
  .readonly()

export interface BlockedGrant {
  readonly grant: string
  readonly credentials: readonly string[]
  readonly since: number
}

interface Found extends BlockedGrant {
  /** Null: a record that can't be read. Its grant stays closed until somebody looked. */
  readonly version: number | null
}

const unreadable = (grant: string): Found => ({
  grant,
  credentials: ['a record that this Keyturn can’t read'],
  since: 0,
  version: null,
})

const read = async (records: Pick<Records, 'list'>): Promise<readonly Found[]> => {
  const found: Found[] = []
  for (let after = ''; ;) {
    const page = await records.list(blockedKind, after, ({ data }) => {
      if (typeof data['id'] === 'string') found.push(unreadable(data['id']))
    })
    for (const { id, version, doc: json } of page) {
      const parsed = doc.safeParse(json)
      found.push(parsed.success ? { grant: id, ...parsed.data, version } : unreadable(id))
    }
    const last = page.at(-1)
    if (last === undefined) return found
    after = last.id
  }
}

export const blockedGrants = (records: Pick<Records, 'list'>): Promise<readonly BlockedGrant[]> => read(records)

/** Which grants which overdue credentials take from callers. */
const wanted = (assessed: readonly Assessed[]): ReadonlyMap<string, readonly string[]> => {
  const grants = new Map<string, string[]>()
  for (const { name, credential, policy, due } of assessed) {
    if (due.state !== 'overdue' || policy.onOverdue !== 'block-caller') continue
    for (const grant of policy.blocks ?? ownGrants(credential.settings))
      grants.set(grant, [...(grants.get(grant) ?? []), name])
  }
  return grants
}

const same = (a: readonly string[], b: readonly string[]): boolean => a.join('\n') === b.join('\n')

export interface BlockChanges {
  readonly blocked: readonly string[]
  readonly freed: readonly string[]
}

/** Blocks and frees what the assessment asks for. Another replica that did the same meanwhile is fine. */
export const settleBlocked = async (
  records: Pick<Records, 'list' | 'put' | 'putAll'>,
  assessed: readonly Assessed[],
  now: number,
): Promise<BlockChanges> => {
  const grants = wanted(assessed)
  const is = new Map((await read(records)).map((one) => [one.grant, one]))
  const blocked: string[] = []
  const freed: string[] = []
  const safely = async (work: () => Promise<unknown>, done: () => void): Promise<void> => {
    try {
      await work()
      done()
    } catch (error) {
      if (!(error instanceof KeyturnError) || error.code !== 'CLAIM_LOST') throw error
    }
  }
  for (const [grant, credentials] of grants) {
    const known = is.get(grant)
    if (known !== undefined && (known.version === null || same(known.credentials, credentials))) continue
    const next = { v: 1, credentials: [...credentials], since: known?.since ?? now }
    const entry = { kind: 'grant-blocked-for-callers', data: { grant, credentials: credentials.join(' ') } }
    await safely(
      () => records.put({ kind: blockedKind, id: grant, doc: next, expect: known?.version ?? null }, entry),
      () => blocked.push(grant),
    )
  }
  for (const [grant, { version, credentials, since }] of is) {
    if (grants.has(grant) || version === null) continue
    const entry = { kind: 'grant-freed-for-callers', data: { grant, credentials: credentials.join(' ') } }
    const last = { kind: blockedKind, id: grant, doc: { v: 1, credentials: [...credentials], since }, expect: version }
    // Written and removed at once: a removal alone asks for no version and could take another's.
    await safely(
      () => records.putAll([last], entry, [{ kind: blockedKind, id: grant }]),
      () => freed.push(grant),
    )
  }
  return { blocked, freed }
}
