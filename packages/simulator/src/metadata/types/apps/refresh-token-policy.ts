/** The refresh token policy in its two spellings: one text for connected apps, three elements for external client apps. */
import type { RefreshTokenPolicy } from '../../../state/settings.ts'
import type { JsonObject } from '../../elements.ts'
import { ComponentProblem, textAt } from '../../elements.ts'

const hour = 3_600_000
const units = { HOURS: hour, DAYS: 24 * hour, MONTHS: 30 * 24 * hour } as const
type Unit = keyof typeof units

const isUnit = (text: string): text is Unit => Object.hasOwn(units, text)

/** The largest unit that a retrieve can have meant: months only where days don't say it shorter. */
function spoken(ms: number): { readonly count: number; readonly unit: Unit } {
  const unit: Unit = ms % units.DAYS === 0 ? 'DAYS' : 'HOURS'
  return { count: Math.round(ms / units[unit]), unit }
}

const same = (a: RefreshTokenPolicy, b: RefreshTokenPolicy): boolean => JSON.stringify(a) === JSON.stringify(b)

export function policyFromText(text: string): RefreshTokenPolicy {
  if (text === 'infinite' || text === 'zero') return { kind: text }
  const [kind, count, unit] = text.split(':')
  const n = Number(count)
  if (
    (kind !== 'specific_lifetime' && kind !== 'specific_inactivity') ||
    !Number.isInteger(n) ||
    n <= 0 ||
    !isUnit(unit ?? '')
  )
    throw new ComponentProblem(`Invalid refresh token policy: ${text}`)
  const ms = n * units[unit as Unit]
  return kind === 'specific_lifetime' ? { kind: 'lifetime', ms } : { kind: 'inactivity', ms }
}

/** `kept`: the text that was deployed, which is given back where it still says what holds. */
export function policyText(policy: RefreshTokenPolicy, kept: string | undefined): string {
  if (kept !== undefined && same(policyFromText(kept), policy)) return kept
  if (policy.kind === 'infinite' || policy.kind === 'zero') return policy.kind
  const { count, unit } = spoken(policy.ms)
  return `specific_${policy.kind}:${count}:${unit}`
}

const kinds = {
  Infinite: 'infinite',
  Zero: 'zero',
  SpecificLifetime: 'lifetime',
  SpecificInactivity: 'inactivity',
} as const

/** undefined: the body says nothing of it. */
export function policyFromElements(body: JsonObject): RefreshTokenPolicy | undefined {
  const type = textAt(body, 'refreshTokenPolicyType')
  if (type === undefined) return undefined
  const kind = kinds[type as keyof typeof kinds]
  if (kind === 'infinite' || kind === 'zero') return { kind }
  const count = body['refreshTokenValidityPeriod']
  const unit = textAt(body, 'refreshTokenValidityUnit')?.toUpperCase() ?? ''
  if (typeof count !== 'number' || count <= 0 || !isUnit(unit))
    throw new ComponentProblem('Required fields are missing: [refreshTokenValidityPeriod, refreshTokenValidityUnit]', {
      statusCode: 'REQUIRED_FIELD_MISSING',
    })
  return { kind, ms: count * units[unit] }
}

export function policyElements(policy: RefreshTokenPolicy, kept: JsonObject): JsonObject {
  const names = ['refreshTokenPolicyType', 'refreshTokenValidityPeriod', 'refreshTokenValidityUnit'] as const
  const was = policyFromElements(kept)
  if (was !== undefined && same(was, policy)) return Object.fromEntries(names.map((name) => [name, kept[name]]))
  const type = (Object.keys(kinds) as (keyof typeof kinds)[]).find((name) => kinds[name] === policy.kind) ?? 'Infinite'
  if (policy.kind === 'infinite' || policy.kind === 'zero') return { refreshTokenPolicyType: type }
  const { count, unit } = spoken(policy.ms)
  return {
    refreshTokenPolicyType: type,
    refreshTokenValidityPeriod: count,
    refreshTokenValidityUnit: unit === 'DAYS' ? 'Days' : 'Hours',
  }
}
