/**
 * What changed in the org itself since an earlier snapshot, whether a control asks for it or not: so many of each family,
 * and the first of them in words. Bounded: in a year everything changes.
 */
import type { Change } from '../compare.ts'

export interface OrgChanges {
  /** Epoch ms of the earlier snapshot. */
  readonly since: number
  readonly total: number
  readonly families: Readonly<Record<string, number>>
  /** At most `mostTold`, of every family some. */
  readonly told: readonly ToldChange[]
}

interface ToldChange {
  readonly family: string
  readonly subject: string
  readonly what: Change['what']
  readonly field: string | null
  /** Null: there was or is nothing, or it is not known. */
  readonly before: string | null
  readonly after: string | null
}

export const mostTold = 200
const longest = 200

/** A fact in a few words; what is not known has none. */
const worded = (value: unknown): string | null => {
  if (value === null || value === undefined) return null
  if (typeof value === 'object' && 'is' in value) {
    const fact = value as { readonly is: unknown; readonly value?: unknown }
    return fact.is === 'known' ? worded(fact.value) : null
  }
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text.length > longest ? `${text.slice(0, longest - 1)}…` : text
}

const told = ({ family, subject, what, field, before, after }: Change): ToldChange => ({
  family,
  subject,
  what,
  field,
  // Of what came or went as a whole its name says enough.
  before: field === null ? null : worded(before),
  after: field === null ? null : worded(after),
})

export const orgChanges = (since: number, changes: readonly Change[]): OrgChanges => {
  const byFamily = Map.groupBy(changes, ({ family }) => family)
  const each = Math.max(1, Math.floor(mostTold / Math.max(1, byFamily.size)))
  return {
    since,
    total: changes.length,
    families: Object.fromEntries([...byFamily].map(([family, some]) => [family, some.length])),
    told: [...byFamily.values()].flatMap((some) => some.slice(0, each)).map(told),
  }
}

const verbs: Readonly<Record<Change['what'], string>> = {
  added: 'new',
  removed: 'gone',
  changed: 'changed',
  'no-longer-known': 'no longer known',
  'now-known': 'now known',
}

/** `changed app:connected:Erp rotation: false → true`. */
export const changeText = ({ subject, what, field, before, after }: ToldChange): string => {
  const values = before === null && after === null ? '' : `: ${before ?? 'nothing'} → ${after ?? 'nothing'}`
  return `${verbs[what]} ${subject}${field === null ? '' : ` ${field}`}${what === 'changed' ? values : ''}`
}
