/** Idle refresh tokens: the cases. */
import type { ControlCase } from '../../control.ts'
import { known } from '../../fact.ts'
import { appCases } from '../app-cases.ts'
import { applist, hidden, now } from '../sample-facts.ts'

const infinite = { declared: 'infinite', effective: 'infinite', idleDays: null, lifetimeDays: null }
const wrong = { refreshTokenPolicy: known(infinite), idleTtl: known(false) }

export const cases: readonly ControlCase[] = [
  ...appCases({ wrong, unknown: { refreshTokenPolicy: hidden, idleTtl: hidden } }),
  {
    name: 'declared infinite, and in fact 30 days: metadata lies',
    facts: applist({
      refreshTokenPolicy: known({ ...infinite, effective: 'specific_inactivity:30:DAYS', idleDays: 30 }),
      idleTtl: known(true),
    }),
    verdict: 'pass',
  },
  {
    name: 'the mandate wants the switch',
    facts: applist({ idleTtl: known(false) }),
    parameters: { switch: true },
    verdict: 'fail',
    subjects: ['eca:Erp'],
  },
  { name: 'the switch is on', facts: applist({}), parameters: { switch: true }, verdict: 'pass' },
  {
    name: 'a connected app has no such element',
    facts: applist({ kind: 'connected', idleTtl: hidden, lastLogin: known(now) }),
    parameters: { switch: true },
    verdict: 'unknown',
    subjects: ['app:Erp'],
  },
]
