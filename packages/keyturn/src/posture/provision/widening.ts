/**
 * What was given on top, one named item each: with its reason, who approved it and, where it was lent, until when. The
 * record is written before the org is asked; a run that was killed is found by it.
 */
import { KeyturnError } from '@keyturn/tokens'
import type { PutRecord, RecordEntry, Records, StoreRecord } from '@keyturn/tokens'
import type { OrgChange } from '../change/org-change.ts'
import type { IpRange, KeyturnFact } from '../facts.ts'
import type { Restriction } from '../impact/restriction.ts'
import { contains } from './address-range.ts'
import { keptDocument, readDocument } from './kept-document.ts'

export const wideningKind = 'widening'

export type WideningItem =
  | {
      readonly is: 'field'
      readonly permissionSet: string
      readonly object: string
      readonly field: string
      readonly right: 'read' | 'edit'
      /** What it was, for taking it back. */
      readonly before: 'none' | 'read' | 'edit'
    }
  | {
      readonly is: 'address'
      /** A profile’s logins, or the refresh tokens of an external client app. */
      readonly of: 'profile' | 'app'
      readonly name: string
      /** The component that holds the list. */
      readonly component: string
      readonly range: IpRange
      /** It was the first: until then every address was good. */
      readonly first: boolean
    }

/** Planned, against the org as it is. */
export interface PlannedWidening<Item extends WideningItem = WideningItem> {
  readonly item: Item
  readonly change: OrgChange
  /** What it takes away all the same: before the first address of a list every address was good. */
  readonly restricts: readonly Restriction[]
  /** Who gets it, and what doesn't work yet. */
  readonly notes: readonly string[]
}

export type WideningState = 'begun' | 'granted' | 'ended'

export interface Widening {
  readonly state: WideningState
  readonly org: string
  readonly grant: string
  readonly item: WideningItem
  readonly reason: string
  readonly approvedBy: string | null
  readonly by: string
  /** Epoch ms. */
  readonly at: number
  /** Epoch ms; null: for good. */
  readonly until: number | null
  readonly endedAt: number | null
}

export interface KnownWidening {
  readonly id: string
  readonly widening: Widening
  readonly record: StoreRecord
}

const wideningOf = (record: StoreRecord): KnownWidening => ({
  id: record.id,
  widening: readDocument<Widening>(record),
  record,
})

/** All of them, the newest first. */
export const listWidenings = async (records: Records): Promise<readonly KnownWidening[]> => {
  const found: KnownWidening[] = []
  for (let after = ''; ;) {
    const page = await records.list(wideningKind, after)
    found.push(...page.map(wideningOf))
    const last = page.at(-1)
    if (last === undefined || page.length < 1000) break
    after = last.id
  }
  return found.toSorted((a, b) => b.widening.at - a.widening.at)
}

/** Fields and addresses that were given on top and not taken back: they belong to what is there. */
export const givenTo = async (
  records: Records,
  of: { readonly orgId: string; readonly permissionSet: string; readonly profile: string },
): Promise<{
  readonly fields: readonly Extract<WideningItem, { readonly is: 'field' }>[]
  readonly ranges: readonly IpRange[]
}> => {
  const items = (await listWidenings(records))
    .filter(({ widening: { state, org } }) => state !== 'ended' && org === of.orgId)
    .map(({ widening }) => widening.item)
  return {
    fields: items.flatMap((item) => (item.is === 'field' && item.permissionSet === of.permissionSet ? [item] : [])),
    ranges: items.flatMap((item) =>
      item.is === 'address' && item.of === 'profile' && item.name === of.profile ? [item.range] : [],
    ),
  }
}

/** What was lent until a day and not taken back. */
export const lentNow = async (records: Records): Promise<NonNullable<KeyturnFact['lent']>> =>
  (await listWidenings(records)).flatMap(({ id, widening: { state, org, item, until } }) =>
    state === 'ended' || until === null ? [] : [{ id, org, what: itemText(item), until }],
  )

/** The same, or more of it, lent until a day: whoever asks for it again should know that it will end. */
export const lentAlready = (all: readonly KnownWidening[], org: string, item: WideningItem): readonly KnownWidening[] =>
  all.filter(({ widening }) => {
    const { item: other, state, until } = widening
    if (widening.org !== org || state !== 'granted' || until === null) return false
    if (item.is === 'field')
      return other.is === 'field' && fieldText(other) === fieldText(item) && [item.right, 'edit'].includes(other.right)
    return other.is === 'address' && other.component === item.component && contains(other.range, item.range)
  })

export const isExpired = ({ state, until }: Widening, now: number): boolean =>
  state !== 'ended' && until !== null && until <= now

/** The beginning of its id is enough where it is one alone. Throws BAD_ARGUMENT. */
export const findWidening = async (records: Records, start: string): Promise<KnownWidening> => {
  const found = (await listWidenings(records)).filter(({ id }) => id === start || id.startsWith(start))
  const [only, ...more] = found
  if (only !== undefined && more.length === 0 && start !== '') return only
  throw new KeyturnError(
    'BAD_ARGUMENT',
    found.length === 0 ? `Nothing was given under the id ${start.slice(0, 60)}` : `${start} begins several ids`,
    { fix: '`keyturn provision list` shows the ids.' },
  )
}

/** Which field of which set, whatever the right. */
export const fieldText = ({ object, field, permissionSet }: Extract<WideningItem, { readonly is: 'field' }>): string =>
  `${object}.${field} in ${permissionSet}`

export const itemText = (item: WideningItem): string => {
  if (item.is === 'field') return `${item.object}.${item.field}: ${item.right} in ${item.permissionSet}`
  const { from, to } = item.range
  return `${from === to ? from : `${from}-${to}`} for the ${item.of} ${item.name}`
}

const entryOf = (id: string, { state, grant, org, item, until }: Widening): RecordEntry => ({
  kind: `widening-${state}`,
  grant: null,
  data: { grantName: grant, org, widening: id, what: item.is, until },
})

const putOf = (id: string, widening: Widening, expect: number | null): PutRecord => ({
  kind: wideningKind,
  id,
  doc: keptDocument(widening),
  expect,
})

export const putWidening = async (
  records: Records,
  id: string,
  widening: Widening,
  expect: number | null,
): Promise<StoreRecord> => records.put(putOf(id, widening, expect), entryOf(id, widening))

/** With it, all or none, the others whose end is another one since. */
export const putEnded = async (
  records: Records,
  { id, widening, record }: KnownWidening,
  others: readonly KnownWidening[],
  now: number,
): Promise<void> => {
  const ended: Widening = { ...widening, state: 'ended', endedAt: now }
  await records.putAll(
    [putOf(id, ended, record.version), ...others.map((one) => putOf(one.id, one.widening, one.record.version))],
    entryOf(id, ended),
  )
}

const day = 86_400_000

/** `2027-01-31`, its last moment in UTC, or `30d`. Throws BAD_ARGUMENT. */
export const parseUntil = (text: string, now: number): number => {
  const wrong = (why: string): KeyturnError =>
    new KeyturnError('BAD_ARGUMENT', `--until ${text.slice(0, 40)}: ${why}`, {
      fix: 'Write a day such as 2027-01-31, or 30d.',
    })
  const [, count] = /^(\d{1,4})d$/.exec(text) ?? []
  const end = count === undefined ? Date.parse(`${text}T23:59:59.999Z`) : now + Number(count) * day
  if (!/^(\d{4}-\d\d-\d\d|\d{1,4}d)$/.test(text) || Number.isNaN(end)) throw wrong('that is no day')
  if (end <= now) throw wrong('that is over already')
  return end
}

/** Throws BAD_ARGUMENT: `-` or `x` is no reason. */
export const requireReason = (text: string): string => {
  const reason = text.trim()
  if (reason.length >= 10 && reason.length <= 2000) return reason
  throw new KeyturnError('BAD_ARGUMENT', 'The reason says nothing', { fix: 'Say why, in ten characters or more.' })
}
