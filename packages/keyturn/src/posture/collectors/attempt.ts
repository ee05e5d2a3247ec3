/** From an attempt to a fact: what came, or why nothing did. Only what ends the whole collection is thrown. */
import { KeyturnError } from '@keyturn/tokens'
import { known, unknown } from '../fact.ts'
import type { Fact } from '../fact.ts'
import { OddAnswer } from './cells.ts'
import { permissionLabels } from './own-permissions.ts'
import type { AuditPermission } from './own-permissions.ts'
import { EnoughAsked } from './pace.ts'

/** One of `anyOf` is needed to see all of it. */
export interface Needs {
  readonly what: string
  readonly anyOf: readonly AuditPermission[]
}

export type Unknown = Extract<Fact<never>, { readonly is: 'unknown' }>

/** `ModifyAllData` stands in for `ModifyMetadata` and is never what should be asked for. */
export const missingOf = ({ anyOf }: Needs): string => {
  const [first = 'ViewSetup'] = anyOf
  return permissionLabels[first]
}

const mayNotSee = (needs: Needs): Unknown =>
  unknown('permission', `${needs.what}: the auditor’s user lacks “${missingOf(needs)}”`, missingOf(needs))

export const holds = ({ anyOf }: Needs, own: ReadonlySet<AuditPermission>): boolean =>
  anyOf.length === 0 || anyOf.some((one) => own.has(one))

const hidden = new Set(['INVALID_TYPE', 'INVALID_FIELD', 'NOT_FOUND'])
const forbidden = /^(INSUFFICIENT_ACCESS|FUNCTIONALITY_NOT_ENABLED$|API_DISABLED_FOR_ORG)/

/** Null: this isn't about the org's answer, so it is nobody's fact. */
const unknownOf = (error: unknown, needs: Needs, own: ReadonlySet<AuditPermission>): Unknown | null => {
  if (error instanceof OddAnswer) return unknown('refused', `${needs.what}: ${error.message}`)
  if (error instanceof EnoughAsked) return unknown('cap', `${needs.what}: ${error.message}`)
  if (!(error instanceof KeyturnError)) return null
  if (error.code === 'ORG_UNAVAILABLE') return unknown('refused', `${needs.what}: ${error.message}`)
  if (error.code !== 'ORG_REFUSED') return null
  const code = String(error.data['errorCode'] ?? '')
  const status = error.data['status']
  if ((hidden.has(code) || status === 403 || forbidden.test(code)) && !holds(needs, own)) return mayNotSee(needs)
  if (hidden.has(code)) return unknown('not-provisioned', `${needs.what}: this org does not have it (${code})`)
  if (status === 403 || forbidden.test(code)) return mayNotSee(needs)
  return unknown('refused', `${needs.what}: ${error.message}`)
}

const isNothing = (value: unknown): boolean =>
  Array.isArray(value) ? value.length === 0 : (value instanceof Map || value instanceof Set) && value.size === 0

/** Some orgs refuse whoever may not see something, some answer with nothing: that is no “none”. */
export const attempt = async <T>(
  needs: Needs,
  own: ReadonlySet<AuditPermission>,
  work: () => Promise<T>,
): Promise<Fact<T>> => {
  try {
    const value = await work()
    return isNothing(value) && !holds(needs, own) ? mayNotSee(needs) : known(value)
  } catch (error) {
    const why = unknownOf(error, needs, own)
    if (why === null) throw error
    return why
  }
}

/** As `attempt`, for what answers with fewer rows to who lacks the permission: that is never asked without it. */
export const attemptAll = async <T>(
  needs: Needs,
  own: ReadonlySet<AuditPermission>,
  work: () => Promise<T>,
): Promise<Fact<T>> => (holds(needs, own) ? attempt(needs, own, work) : mayNotSee(needs))
