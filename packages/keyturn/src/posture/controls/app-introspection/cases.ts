/** Introspection of all tokens: the cases. */
import type { ControlCase } from '../../control.ts'
import { known } from '../../fact.ts'
import { appCases } from '../app-cases.ts'
import { applist, hidden } from '../sample-facts.ts'

const wrong = { introspectsAllTokens: known(true) }

export const cases: readonly ControlCase[] = [
  ...appCases({ wrong, unknown: { introspectsAllTokens: hidden } }),
  { name: 'allowed', facts: applist(wrong), parameters: { allowed: ['Erp'] }, verdict: 'pass' },
]
