/** The refresh token policy of an app, shorter than it is: idle time, or, where tokens end at a date, an earlier one. */
import type { MetadataBody } from '../../org/metadata-component.ts'
import { textOf, withElement } from '../../org/metadata-component.ts'
import { valueAt } from '../change/same-body.ts'
import { policyText, refreshTokenPolicy } from '../collectors/apps/refresh-token-policy.ts'
import { appSubject } from '../controls/app-control.ts'
import { known } from '../fact.ts'
import type { AppFact } from '../facts.ts'
import type { AppMend } from './app-fix.ts'
import { componentOf, present } from './app-element.ts'

interface Policy {
  readonly kind: 'lifetime' | 'inactivity'
  readonly days: number
}

/** Of what is there the shorter; a limit on idle time in the place of a date would let tokens live longer than before. */
const narrowed = (declared: string, days: number): Policy | null => {
  const now = refreshTokenPolicy(declared, known(false))
  if (now.is === 'unknown') return { kind: 'inactivity', days }
  const { idleDays, lifetimeDays } = now.value
  if (Math.min(idleDays ?? Infinity, lifetimeDays ?? Infinity) <= days) return null
  return { kind: lifetimeDays === null ? 'inactivity' : 'lifetime', days }
}

const ofConnected = (body: MetadataBody, days: number): MetadataBody => {
  const path = ['oauthPolicy', 'refreshTokenPolicy']
  const policy = narrowed(textOf(valueAt(body, path)) ?? 'infinite', days)
  return policy === null ? body : withElement(body, path, `specific_${policy.kind}:${policy.days}:DAYS`)
}

const ofExternal = (body: MetadataBody, days: number): MetadataBody => {
  const [type, period, unit] = ['refreshTokenPolicyType', 'refreshTokenValidityPeriod', 'refreshTokenValidityUnit']
  const declared = policyText(textOf(body[type]) ?? 'Infinite', textOf(body[period]), textOf(body[unit]))
  const policy = narrowed(declared, days)
  if (policy === null) return body
  const said = { [type]: policy.kind === 'lifetime' ? 'SpecificLifetime' : 'SpecificInactivity' }
  return { ...body, ...said, [period]: String(policy.days), [unit]: 'Days' }
}

export const shorterPolicy = (app: AppFact, days: number): AppMend | string => {
  if (app.refreshTokenPolicy.is === 'unknown')
    return `Its refresh token policy was not read: ${app.refreshTokenPolicy.text}.`
  const lives = app.refreshTokenPolicy.value.declared.startsWith('specific_lifetime')
  const component = componentOf(app, 'policies')
  const edit =
    component === null
      ? null
      : {
          ...component,
          edit: (body: MetadataBody | null): MetadataBody => {
            const is = present(body, `${component.type} ${component.fullName}`)
            return app.kind === 'connected' ? ofConnected(is, days) : ofExternal(is, days)
          },
        }
  return {
    title: lives ? `refresh tokens live ${days} days` : `refresh tokens unused for ${days} days end`,
    edits: [edit],
    restricts: [
      {
        is: 'token-lifetime',
        app: appSubject(app),
        idleDays: lives ? null : days,
        lifetimeDays: lives ? days : null,
      },
    ],
  }
}
