/** Callbacks to the own computer: the cases. */
import type { ControlCase } from '../../control.ts'
import { known } from '../../fact.ts'
import { appCases } from '../app-cases.ts'
import { applist, hidden } from '../sample-facts.ts'

const at = (...callbacks: readonly string[]) => applist({ callbacks: known(callbacks) })

export const cases: readonly ControlCase[] = [
  ...appCases({
    wrong: { callbacks: known(['https://erp.example.com/cb', 'http://localhost:1717/cb']) },
    unknown: { callbacks: hidden },
  }),
  ...['http://127.0.0.1/', 'https://LOCALHOST/', 'http://[::1]/', 'http://127.1.2.3:9/', 'http://localhost./'].map(
    (callback): ControlCase => ({ name: callback, facts: at(callback), verdict: 'fail', subjects: ['eca:Erp'] }),
  ),
  { name: 'only looks like it', facts: at('https://localhost.example.com/cb'), verdict: 'pass' },
  { name: 'in a sandbox', facts: at('http://localhost/cb'), org: { sandbox: true }, verdict: 'not-applicable' },
  { name: 'allowed', facts: at('http://localhost/cb'), parameters: { allowed: ['Erp'] }, verdict: 'pass' },
  { name: 'no callback', facts: at(), verdict: 'not-applicable' },
]
