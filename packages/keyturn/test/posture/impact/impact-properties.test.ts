/** What holds of every restriction over any evidence: more evidence never shortens the list, and nobody is made up. */
import { test } from 'node:test'
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { known } from '../../../src/posture/fact.ts'
import type { LoginUse, TokenFact } from '../../../src/posture/facts.ts'
import { impactOf } from '../../../src/posture/impact/impact-of.ts'
import type { Impact, SeenCaller } from '../../../src/posture/impact/impact.ts'
import { day, now } from '../../../src/posture/controls/sample-facts.ts'
import { evidenceOf } from './evidence.ts'
import { restrictions } from './restrictions.ts'

const users = ['erp@example.com', 'ann@example.com', 'bob@example.com']
const names = ['Erp', 'ERP', 'Old Erp', 'Crm', 'Zap']
const ids = ['0xI000000000001', '0xI000000000002', '0H4000000000003']
const addresses = ['203.0.113.12', '198.51.100.7', '203.0.113.0/24', '*', '', '2001:db8::1', 'nonsense']
const time = fc.integer({ min: 0, max: 200 }).map((days) => now - days * day)
const orNull = <T>(all: readonly T[]) => fc.constantFrom<T | null>(...all, null)

const login: fc.Arbitrary<Partial<LoginUse>> = fc.record({
  user: fc.constantFrom(...users),
  type: fc.constantFrom('Remote Access 2.0', 'Other Apex API', 'Application', 'SAML Idp Initiated SSO'),
  subType: orNull(['OauthRefreshToken', 'OauthWebServer', 'OauthUsernamePassword', 'OauthClientCredentials']),
  application: orNull(names),
  client: orNull(['Java', 'curl']),
  address: fc.constantFrom(...addresses),
  host: orNull(['login.salesforce.com', 'acme.my.salesforce.com']),
  worked: fc.integer({ min: 0, max: 3 }),
  last: time,
})
const token: fc.Arbitrary<Partial<TokenFact>> = fc.tuple(time, time).chain(([one, other]) =>
  fc.record({
    app: fc.constantFrom(...names),
    appId: orNull(ids),
    user: fc.constantFrom(...users),
    created: fc.constant(Math.min(one, other)),
    lastUsed: fc.constantFrom(null, Math.max(one, other)),
    useCount: fc.integer({ min: 0, max: 20 }),
  }),
)
const caller: fc.Arbitrary<Partial<SeenCaller>> = fc.record({
  name: fc.constantFrom('billing', 'nightly'),
  username: orNull(users),
  app: orNull(names),
})

const more = fc.record({
  logins: fc.array(login, { maxLength: 6 }),
  tokens: fc.array(token, { maxLength: 4 }),
  callers: fc.array(caller, { maxLength: 2 }),
})

const apps = [
  {},
  { name: 'Crm', label: 'Crm', id: '0xI000000000002', ipRelaxation: known('BYPASS') },
  { kind: 'connected' as const, name: 'Erp_Old', label: 'Erp', id: '0H4000000000003' },
]
const people = [{ mfaMethods: known([]) }, { username: 'bob@example.com' }]

const listed = ({ cutOff, possible }: Impact): ReadonlySet<string> =>
  new Set([...cutOff, ...possible].map(({ user }) => user))

for (const restriction of restrictions) {
  const title = `${restriction.is}${'app' in restriction && restriction.app === null ? ' of the org' : ''}`
  void test(`${title}: more evidence never takes anybody off the list`, () => {
    fc.assert(
      fc.property(more, more, (some, others) => {
        const before = impactOf(restriction, evidenceOf({ apps, users: people, ...some }))
        const all = {
          logins: [...some.logins, ...others.logins],
          tokens: [...some.tokens, ...others.tokens],
          callers: [...some.callers, ...others.callers],
        }
        const after = impactOf(restriction, evidenceOf({ apps, users: people, ...all }))
        for (const user of listed(before)) assert(listed(after).has(user), user)
      }),
      { numRuns: 300, seed: 5 },
    )
  })

  void test(`${title}: nobody is listed of whom nothing was seen, and whom it can’t be told is never certain`, () => {
    fc.assert(
      fc.property(more, (some) => {
        const impact = impactOf(restriction, evidenceOf({ apps, users: people, ...some }))
        const seen = new Set([
          ...some.logins.filter(({ worked }) => (worked ?? 0) > 0).map(({ user }) => user),
          ...some.tokens.map(({ user }) => user),
          ...some.callers.map(({ username }) => username ?? 'unknown'),
        ])
        for (const user of listed(impact)) assert(seen.has(user), user)
        for (const { user, why } of impact.cutOff)
          assert((user !== 'unknown' || restriction.is === 'blocked-app') && why.length > 10)
        if (restriction.is === 'login-addresses' || restriction.is === 'token-addresses')
          for (const one of impact.cutOff) for (const at of one.addresses) assert(!at.includes('/') && at !== '*', at)
      }),
      { numRuns: 300, seed: 7 },
    )
  })
}
