/** The allowlist of refresh tokens: the cases. */
import type { ControlCase } from '../../control.ts'
import { known } from '../../fact.ts'
import { appCases } from '../app-cases.ts'
import { applist, hidden } from '../sample-facts.ts'

const none = { tokenIpRanges: known([]) }

export const cases: readonly ControlCase[] = [
  ...appCases({ wrong: none, unknown: { tokenIpRanges: hidden } }),
  {
    name: 'a callback on the own computer is exempt',
    facts: applist({ ...none, callbacks: known(['http://localhost:1717/OauthRedirect']) }),
    verdict: 'not-applicable',
  },
  {
    name: 'a scheme of its own is exempt',
    facts: applist({ ...none, callbacks: known(['acme-crm://oauth/done']) }),
    verdict: 'not-applicable',
  },
  {
    name: 'a Salesforce org is exempt',
    facts: applist({ ...none, callbacks: known(['https://acme.my.salesforce.com/services/authcallback/Erp']) }),
    verdict: 'not-applicable',
  },
  {
    name: 'servers and devices in one app',
    facts: applist({ ...none, callbacks: known(['https://erp.example.com/cb', 'http://127.0.0.1/cb']) }),
    verdict: 'fail',
    subjects: ['eca:Erp'],
  },
  {
    name: 'a host that only looks like Salesforce is not exempt',
    facts: applist({ ...none, callbacks: known(['https://salesforce.com.evil.example/cb']) }),
    verdict: 'fail',
    subjects: ['eca:Erp'],
  },
  {
    name: 'exactly 256 addresses',
    facts: applist({ tokenIpRanges: known([{ from: '203.0.113.0', to: '203.0.113.255' }]) }),
    verdict: 'pass',
  },
  {
    name: '257 addresses in two ranges',
    facts: applist({
      tokenIpRanges: known([
        { from: '203.0.113.0', to: '203.0.113.255' },
        { from: '2001:db8::1', to: '2001:db8::1' },
      ]),
    }),
    verdict: 'fail',
    subjects: ['eca:Erp'],
  },
  {
    name: 'a range upside down',
    facts: applist({ tokenIpRanges: known([{ from: '203.0.113.9', to: '203.0.113.1' }]) }),
    verdict: 'unknown',
    subjects: ['eca:Erp'],
  },
]
