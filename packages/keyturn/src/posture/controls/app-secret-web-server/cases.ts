/** The secret in the web-server flow: the cases. */
import type { ControlCase } from '../../control.ts'
import { known } from '../../fact.ts'
import { appCases } from '../app-cases.ts'
import { applist, hidden } from '../sample-facts.ts'

const wrong = { secretRequiredForWebServer: known(false) }
const device = { ...wrong, callbacks: known(['acme://done', 'http://[::1]:8080/']) }

export const cases: readonly ControlCase[] = [
  ...appCases({ wrong, unknown: { secretRequiredForWebServer: hidden } }),
  { name: 'a public client', facts: applist(device), verdict: 'not-applicable' },
  {
    name: 'a public client, strictly',
    facts: applist(device),
    parameters: { publicClients: true },
    verdict: 'fail',
    subjects: ['eca:Erp'],
  },
  { name: 'another flow', facts: applist({ ...wrong, flows: known(['jwt-bearer']) }), verdict: 'not-applicable' },
]
