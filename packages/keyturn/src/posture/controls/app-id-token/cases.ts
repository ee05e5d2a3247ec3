/** Id tokens: the cases. */
import type { ControlCase } from '../../control.ts'
import { known } from '../../fact.ts'
import { appCases } from '../app-cases.ts'
import { applist, hidden } from '../sample-facts.ts'

export const cases: readonly ControlCase[] = [
  ...appCases({
    right: { idToken: known({ minutes: 2, audiences: ['https://erp.example.com'] }) },
    wrong: { idToken: known({ minutes: 720, audiences: ['https://erp.example.com'] }) },
    unknown: { idToken: hidden },
  }),
  {
    name: 'for anybody',
    facts: applist({ idToken: known({ minutes: 1, audiences: [] }) }),
    verdict: 'fail',
    subjects: ['eca:Erp'],
  },
  { name: 'none', facts: applist({}), verdict: 'not-applicable' },
]
