/** PKCE: the cases. */
import type { ControlCase } from '../../control.ts'
import { known } from '../../fact.ts'
import { appCases } from '../app-cases.ts'
import { path as ofOrg } from '../oauth-pkce-for-org/control.ts'
import { applist, hidden } from '../sample-facts.ts'

export const cases: readonly ControlCase[] = [
  ...appCases({ wrong: { pkceRequired: known(false) }, unknown: { pkceRequired: hidden } }),
  {
    name: 'a machine flow has no code',
    facts: applist({ pkceRequired: known(false), flows: known(['jwt-bearer']) }),
    verdict: 'not-applicable',
  },
  {
    name: 'off in the app, and required by the org of every app',
    facts: { ...applist({ pkceRequired: known(false) }), settings: { [ofOrg]: known(true) } },
    verdict: 'pass',
  },
  {
    name: 'not readable in the app, and required by the org of every app',
    facts: { ...applist({ pkceRequired: hidden }), settings: { [ofOrg]: known(true) } },
    verdict: 'pass',
  },
  {
    name: 'required by the org, where the app itself must require it',
    facts: { ...applist({ pkceRequired: known(false) }), settings: { [ofOrg]: known(true) } },
    parameters: { ownSetting: true },
    verdict: 'fail',
    subjects: ['eca:Erp'],
  },
  {
    name: 'off in the app and in the org',
    facts: { ...applist({ pkceRequired: known(false) }), settings: { [ofOrg]: known(false) } },
    verdict: 'fail',
    subjects: ['eca:Erp'],
  },
  {
    name: 'off, and nobody knows the flows',
    facts: applist({ pkceRequired: known(false), flows: hidden }),
    verdict: 'unknown',
    subjects: ['eca:Erp'],
  },
]
