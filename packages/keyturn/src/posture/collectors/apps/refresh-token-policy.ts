/**
 * How long refresh tokens live, declared and in fact. The limit of 30 idle days works without changing what the metadata
 * says: “valid until revoked” then still stands there and is no longer so. Months count as 30 days.
 */
import type { Fact } from '../../fact.ts'
import { known, unknown } from '../../fact.ts'
import type { AppFact } from '../../facts.ts'

type Policy = AppFact['refreshTokenPolicy']

const unitDays: Readonly<Record<string, number>> = { HOURS: 1 / 24, DAYS: 1, MONTHS: 30 }
const idleLimitDays = 30
const grammar = /^specific_(lifetime|inactivity):(\d+):(HOURS|DAYS|MONTHS)$/

/** Where nobody can say whether the limit is on, what is declared counts as what holds: the longer of the two. */
export const refreshTokenPolicy = (declared: string, idleTtl: Fact<boolean>): Policy => {
  const limited = idleTtl.is === 'known' && idleTtl.value
  if (declared === 'zero') return known({ declared, effective: declared, idleDays: 0, lifetimeDays: 0 })
  const byLimit = `specific_inactivity:${idleLimitDays}:DAYS`
  if (declared === 'infinite')
    return known({
      declared,
      effective: limited ? byLimit : declared,
      idleDays: limited ? idleLimitDays : null,
      lifetimeDays: null,
    })
  const [, kind, count, unit] = grammar.exec(declared) ?? []
  if (kind === undefined) return unknown('refused', `the app’s refresh token policy is “${declared}”, which is none`)
  const days = Number(count) * (unitDays[unit ?? ''] ?? 1)
  if (kind === 'lifetime')
    return known({ declared, effective: declared, idleDays: limited ? idleLimitDays : null, lifetimeDays: days })
  const shorter = limited && days > idleLimitDays
  return known({
    declared,
    effective: shorter ? byLimit : declared,
    idleDays: shorter ? idleLimitDays : days,
    lifetimeDays: null,
  })
}

const kinds: Readonly<Record<string, string>> = {
  Infinite: 'infinite',
  Zero: 'zero',
  SpecificLifetime: 'specific_lifetime',
  SpecificInactivity: 'specific_inactivity',
}

/** External client apps say the same in three elements. */
export const policyText = (type: string, period: string | null, unit: string | null): string => {
  const kind = kinds[type] ?? type
  return kind === 'infinite' || kind === 'zero' ? kind : `${kind}:${period ?? ''}:${(unit ?? '').toUpperCase()}`
}
