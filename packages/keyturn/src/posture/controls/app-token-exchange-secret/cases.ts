/** Token exchange: the cases. */
import type { ControlCase } from '../../control.ts'
import { known } from '../../fact.ts'
import { appCases } from '../app-cases.ts'
import { applist, hidden } from '../sample-facts.ts'

const on = { flows: known(['token-exchange'] as const) }
const device = { ...on, callbacks: known(['acme://done']) }

export const cases: readonly ControlCase[] = [
  ...appCases({
    right: { ...on, secretRequiredForTokenExchange: known(true) },
    wrong: { ...on, secretRequiredForTokenExchange: known(false) },
    unknown: { ...on, secretRequiredForTokenExchange: hidden },
  }),
  {
    name: 'a device without it',
    facts: applist({ ...device, secretRequiredForTokenExchange: known(false) }),
    verdict: 'pass',
  },
  { name: 'a device with it', facts: applist(device), verdict: 'fail', subjects: ['eca:Erp'] },
  { name: 'another flow', facts: applist({}), verdict: 'not-applicable' },
]
