/** Certificates of machines' apps: the cases. */
import type { ControlCase } from '../../control.ts'
import { known } from '../../fact.ts'
import { appCases } from '../app-cases.ts'
import { applist, day, hidden, now } from '../sample-facts.ts'

const certificate = known({ notAfter: now + 300 * day, keyBits: 4096, sha256: 'ab' })

export const cases: readonly ControlCase[] = [
  ...appCases({
    right: { flows: known(['jwt-bearer']), certificate },
    wrong: { flows: known(['client-credentials']), certificate: known(null) },
    unknown: { flows: hidden },
  }),
  { name: 'people’s app', facts: applist({}), verdict: 'not-applicable' },
  {
    name: 'the certificate cannot be read',
    facts: applist({ flows: known(['jwt-bearer']), certificate: hidden }),
    verdict: 'unknown',
    subjects: ['eca:Erp'],
  },
]
