/** What makes the demo fail: decided by the oracle's counters, shown here with numbers planted one at a time. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { callsServed } from '../../src/demo/counts.ts'
import type { Seen } from '../../src/demo/counts.ts'
import type { SimEvent } from '../../src/demo/org.ts'
import { reportEnd, reportTable } from '../../src/demo/report.ts'
import { mended, turned } from './turned.ts'
import { resultOf } from '../../src/demo/verdict.ts'
import type { Entry } from '../../src/demo/verdict.ts'
import { wrap } from '../../src/demo/wrap.ts'

const counters: Seen['counters'] = {
  exchanges: 4,
  rejections: {},
  inFlightRejects: 0,
  reuses: 0,
  duplicateReuses: 0,
  reusesWhileAlive: 0,
  unknownOutcomes: 1,
  orderedReplays: 1,
  surplusReplays: 0,
  grantsLost: 0,
  grantsLostKeepable: 0,
  orphaned: 0,
  ended: {},
}
const fine: Seen = {
  callsOk: 8,
  callsFailed: 0,
  exchanges: 4,
  reuses: 0,
  alive: true,
  counters,
  told: [],
  problems: [],
}
const entry = (seen: Partial<Seen>, keepable = true): Entry => ({
  scenario: { name: 'A storm', keepable },
  client: 'jsforce',
  with: { ...fine, ...seen },
  without: { ...fine, alive: false, callsFailed: 8 },
})
const parts = { rotations: turned, posture: mended }
const of = (entries: number, legacy = 0) => ({ entries, legacy })
const plain = (_colour: string, text: string): string => text

test('nothing lost is ok, whatever happened to the client on its own', () => {
  const lost = { ...counters, grantsLostKeepable: 1, reusesWhileAlive: 3, orderedReplays: 9 }
  const alone: Entry = { ...entry({}), without: { ...fine, alive: false, counters: lost, problems: ['x'] } }
  assert.equal(resultOf([entry({}), alone], [], parts, of(2)).ok, true)
})

for (const [what, seen] of [
  ['a grant that could be kept was lost', { counters: { ...counters, grantsLostKeepable: 1 } }],
  ['a spent token was sent while something lived', { counters: { ...counters, reusesWhileAlive: 1 } }],
  ['there are more replays than unknown outcomes', { counters: { ...counters, orderedReplays: 2 } }],
  ['no way in is left where one could be kept', { alive: false }],
  ['a demand of the scenario was not met', { problems: ['a call failed'] }],
] as const) {
  test(`not ok when ${what}, and the report says so`, () => {
    const entries = [entry({}), entry(seen)]
    const result = resultOf(entries, [], parts, of(2))
    assert.equal(result.ok, false)
    const text = reportEnd(result, { entries, ...parts }, 1, 80, plain)
    assert.match(text, /Keyturn lost something/)
    assert.match(text, /^- A storm · jsforce: /m)
  })
}

test('nobody has to be alive where nobody can be', () => {
  assert.equal(resultOf([entry({ alive: false }, false)], [], parts, of(1)).ok, true)
})

test('a demo that did not show everything is not ok', () => {
  assert.equal(resultOf([entry({})], [], parts, of(2)).ok, false)
  assert.equal(resultOf([], [], parts, of(0)).ok, false)
})

test('what goes wrong with a legacy program through the broker, or a program that did not run, is not ok', () => {
  const day = (seen: Partial<Seen>) => [{ ...entry(seen), logins: 2 }]
  assert.equal(resultOf([entry({})], day({}), parts, of(1, 1)).ok, true)
  assert.equal(resultOf([entry({})], [], parts, of(1, 1)).ok, false)
  assert.equal(resultOf([entry({})], day({ alive: false }), parts, of(1, 1)).ok, false)
  assert.equal(resultOf([entry({})], day({ problems: ['a program complained'] }), parts, of(1, 1)).ok, false)
  const [shown] = resultOf([entry({})], day({}), parts, of(1, 1)).legacy
  assert.deepEqual(Object.keys(shown ?? {}), ['program', 'broker', 'directly'])
  assert.equal(shown?.broker.logins, 2)
})

test('only the five numbers of each side get into the result', () => {
  const [shown] = resultOf([entry({})], [], parts, of(1)).scenarios
  assert.deepEqual(shown, {
    name: 'A storm',
    client: 'jsforce',
    with: { callsOk: 8, callsFailed: 0, exchanges: 4, reuses: 0, alive: true },
    without: { callsOk: 8, callsFailed: 8, exchanges: 4, reuses: 0, alive: false },
  })
})

test('a call is served when the server answered it with 200; refused and repeated it counts once', () => {
  const common = { n: 1, at: 0, org: 'acme' }
  const call = (request: number, path: string, status: number): readonly SimEvent[] => [
    {
      ...common,
      request,
      kind: 'arrived',
      method: 'GET',
      path,
      endpoint: path.includes('token') ? 'token' : 'data',
      grantType: null,
      app: null,
      token: null,
      source: '127.0.0.1',
      duplicateOf: null,
    },
    { ...common, request, kind: 'answered', status, complete: true, definite: true, faults: [] },
  ]
  const limits = '/services/data/v60.0/limits'
  const events = [
    ...call(1, limits, 401),
    ...call(2, '/services/oauth2/token', 200),
    ...call(3, limits, 200),
    ...call(4, '/services/data/v60.0/query', 200),
  ]
  assert.equal(callsServed(events), 1)
})

test('the table and the text fit into 80 columns', () => {
  const entries = [{ ...entry({}), client: '@jsforce/jsforce-node' }, entry({ alive: false })]
  const text = `${reportTable(entries, plain)}\n${reportEnd(resultOf(entries, [], parts, of(2)), { entries, ...parts }, 1, 80, plain)}`
  for (const line of text.split('\n')) assert.ok(line.length <= 80, line)
  assert.deepEqual(wrap('one two three', 9, ' '), [' one two', ' three'])
})
