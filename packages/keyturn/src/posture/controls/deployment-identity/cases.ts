/** Who deploys: the cases. */
import type { ControlCase } from '../../control.ts'
import { known } from '../../fact.ts'
import { hidden, now } from '../sample-facts.ts'

const by = (...names: readonly string[]) => ({
  deployments: known(names.map((name, at) => ({ by: `${name}@example.com`, count: 9 - at, last: now }))),
})

export const cases: readonly ControlCase[] = [
  { name: 'one', facts: by('ci'), verdict: 'pass' },
  { name: 'two', facts: by('ci', 'zoe'), verdict: 'fail', subjects: ['user:zoe@example.com'] },
  {
    name: 'the wrong one',
    facts: by('zoe'),
    parameters: { identities: ['ci@example.com'] },
    verdict: 'fail',
    subjects: ['user:zoe@example.com'],
  },
  { name: 'not readable', facts: { deployments: hidden }, verdict: 'unknown', subjects: ['deployments'] },
  { name: 'a sandbox', facts: by('ci', 'zoe'), org: { sandbox: true }, verdict: 'not-applicable' },
  { name: 'nobody deployed', facts: by(), verdict: 'not-applicable' },
]
