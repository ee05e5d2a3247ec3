/** Changes to what protects the org: the cases. */
import type { ControlCase } from '../../control.ts'
import { known } from '../../fact.ts'
import { hidden, now } from '../sample-facts.ts'

const trail = (by: string, ...actions: readonly string[]) => ({
  auditTrail: known(actions.map((action) => ({ at: now, by, action, section: 'Connected Apps', text: 'Changed' }))),
  deployments: known([{ by: 'ci@example.com', count: 9, last: now }]),
})
const subjects = ['user:zoe@example.com']

export const cases: readonly ControlCase[] = [
  { name: 'nothing risky', facts: trail('zoe@example.com', 'createduser'), verdict: 'pass' },
  { name: 'by the pipeline', facts: trail('ci@example.com', 'changeOauthDefaultScope'), verdict: 'pass' },
  { name: 'by hand', facts: trail('zoe@example.com', 'changeOauthDefaultScope'), verdict: 'fail', subjects },
  { name: 'by hand, in other letters', facts: trail('zoe@example.com', 'LOGINIPRANGE'), verdict: 'fail', subjects },
  {
    name: 'a profile is given a permission by hand',
    facts: trail('zoe@example.com', 'profilePermChangedCustom'),
    verdict: 'fail',
    subjects,
  },
  { name: 'by the platform itself', facts: trail('', 'permSetAssign'), verdict: 'pass' },
  {
    name: 'by hand, and named',
    facts: trail('zoe@example.com', 'loginIpRange'),
    parameters: { identities: ['zoe@example.com'] },
    verdict: 'pass',
  },
  { name: 'not readable', facts: { auditTrail: hidden }, verdict: 'unknown', subjects: ['auditTrail'] },
  {
    name: 'who deploys is not known',
    facts: { ...trail('zoe@example.com', 'loginIpRange'), deployments: hidden },
    verdict: 'unknown',
    subjects: ['deployments'],
  },
  {
    name: 'a sandbox',
    facts: trail('zoe@example.com', 'loginIpRange'),
    org: { sandbox: true },
    verdict: 'not-applicable',
  },
]
