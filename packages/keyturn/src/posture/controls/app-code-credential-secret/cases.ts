/** Headless logins: the cases. */
import type { ControlCase } from '../../control.ts'
import { known } from '../../fact.ts'
import { appCases } from '../app-cases.ts'
import { applist, hidden } from '../sample-facts.ts'

const on = { flows: known(['code-credential'] as const) }

export const cases: readonly ControlCase[] = [
  ...appCases({
    right: on,
    wrong: { ...on, pkceRequired: known(false) },
    unknown: { ...on, secretRequiredForWebServer: hidden },
  }),
  {
    name: 'a device that has to hold the secret',
    facts: applist({ ...on, callbacks: known(['acme://done']) }),
    verdict: 'fail',
    subjects: ['eca:Erp'],
  },
  { name: 'off', facts: applist({}), verdict: 'not-applicable' },
]
