/** The secret in the refresh flow: the cases. */
import type { ControlCase } from '../../control.ts'
import { known } from '../../fact.ts'
import { appCases } from '../app-cases.ts'
import { applist, hidden } from '../sample-facts.ts'

const wrong = { secretRequiredForRefresh: known(false) }

export const cases: readonly ControlCase[] = [
  ...appCases({ wrong, unknown: { secretRequiredForRefresh: hidden } }),
  {
    name: 'a public client',
    facts: applist({ ...wrong, callbacks: known(['acme://done']) }),
    verdict: 'not-applicable',
  },
  {
    name: 'a public client, strictly',
    facts: applist({ ...wrong, callbacks: known(['acme://done']) }),
    parameters: { publicClients: true },
    verdict: 'fail',
    subjects: ['eca:Erp'],
  },
]
