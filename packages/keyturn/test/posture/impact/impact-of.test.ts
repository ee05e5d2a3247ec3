/** What an impact says of whom it lists, several together, and what it says where nothing was read. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { unknown } from '../../../src/posture/fact.ts'
import { impactOf, together } from '../../../src/posture/impact/impact-of.ts'
import { day, now } from '../../../src/posture/controls/sample-facts.ts'
import { evidenceOf } from './evidence.ts'
import { restrictions } from './restrictions.ts'

const [ann, erp] = ['ann@example.com', 'erp@example.com']

void test('a cut-off names the app, the way, the client, where from, how often and when last', () => {
  const { cutOff, days } = impactOf(
    { is: 'blocked-app', app: 'eca:Erp' },
    evidenceOf({
      logins: [
        { application: 'ERP', client: 'Java', address: '203.0.113.10', worked: 3, last: now - 2 * day },
        { application: 'ERP', client: 'Java', address: '203.0.113.11', worked: 4, last: now - day },
      ],
      callers: [{}],
    }),
  )
  const why = 'The app would be blocked.'
  const one = { user: erp, app: 'Erp', why, last: now - day }
  assert.deepEqual(cutOff, [
    { ...one, way: 'OauthRefreshToken', client: 'Java', addresses: ['203.0.113.10', '203.0.113.11'], uses: 7 },
    { ...one, way: 'broker', client: 'broker caller billing', addresses: [], uses: 0 },
  ])
  assert.equal(days, 180)
})

void test('several restrictions together: who is cut off by one is not listed as possible by another, and counts once', () => {
  const evidence = evidenceOf({ tokens: [{}, { user: ann }], self: { app: 'Erp', username: erp } })
  const [one, two] = [
    impactOf({ is: 'blocked-app', app: 'Erp' }, evidence),
    impactOf({ is: 'scopes', app: 'Erp', removed: ['Full'] }, evidence),
  ]
  assert.equal(one.cutOff.length, 2)
  assert.equal(two.possible.length, 2)
  const both = together([one, two])
  assert.deepEqual([both.cutOff.length, both.possible.length, both.locksOutSelf, both.days], [2, 0, true, 180])
  assert.equal(both.cutOff[0]?.uses, 40)
  assert.deepEqual(together([]), { days: null, cutOff: [], possible: [], blind: [], locksOutSelf: false })
})

void test('with nothing read everything is blind and nobody is listed', () => {
  const not = unknown('not-collected', 'this was not collected')
  const evidence = evidenceOf({ facts: { apps: not, users: not, profiles: not, tokens: not, logins: not } })
  for (const restriction of [...restrictions, { is: 'nothing', why: 'a text' } as const]) {
    const impact = impactOf(restriction, evidence)
    assert.deepEqual([impact.cutOff, impact.possible], [[], []], restriction.is)
    assert.equal(impact.blind.length > 0, restriction.is !== 'nothing', restriction.is)
  }
})
