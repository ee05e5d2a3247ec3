/** The pure judgement: what must hold whatever the ledger and the org say. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Entry } from '../../src/forensics/death-facts.ts'
import { judgeDeath } from '../../src/forensics/judge-death.ts'
import type { LoginRow } from '../../src/forensics/org-records.ts'
import { at, facts, HOUR, org, start } from './facts.ts'

const kinds = [
  'added',
  'enrolled',
  'claimed',
  'exchanged',
  'refused',
  'in-doubt',
  'replay-claimed',
  'rejected',
  'restored',
  'exported',
  'busy',
  'minted',
  'dead',
  'something-new',
]

const anyEntry = fc.record({
  at: fc.integer({ min: start, max: at(2000) }),
  kind: fc.constantFrom(...kinds),
  data: fc.record({
    lineage: fc.constantFrom('L0', 'L1', 'L2', null),
    attempt: fc.constantFrom('a1', 'a2', 'a3'),
    cause: fc.constantFrom('no-answer', 'holder-died', 'restored', 'unheard-of'),
    age: fc.integer({ min: 0, max: 10 * HOUR }),
  }),
})

const anyStory = fc
  .array(anyEntry, { maxLength: 12 })
  .map((list): readonly Entry[] =>
    list.toSorted((a, b) => a.at - b.at).map((entry, index) => ({ ...entry, seq: index + 1, by: 'host-a/1' })),
  )

const anyLogin: fc.Arbitrary<LoginRow> = fc.record({
  at: fc.integer({ min: start, max: at(2000) }),
  subType: fc.constantFrom('OauthRefreshToken', 'OauthWebServer', ''),
  status: fc.constantFrom('Success', 'Failed: Invalid Token'),
  application: fc.constantFrom('Web', 'Other'),
  sourceIp: fc.constantFrom('198.51.100.1', '203.0.113.9'),
})

const anyFacts = fc
  .record({
    story: anyStory,
    logins: fc.option(fc.array(anyLogin, { maxLength: 8 }), { nil: null }),
    asked: fc.boolean(),
    companion: fc.constantFrom(null, null, 'sf:me'),
    whole: fc.boolean(),
  })
  .map(({ story, logins, asked, companion, whole }) =>
    facts({ story, companion, whole, org: asked ? org({ logins }) : null }),
  )

test('whatever the ledger and the org say, the evidence is theirs, in order, and a certain alarm has a row to show', () => {
  fc.assert(
    fc.property(anyFacts, (given) => {
      const judged = judgeDeath(given)
      const known = new Set([...given.story, ...given.family].map(({ seq }) => seq))
      for (const { entry } of judged.evidence) assert.ok(entry === null || known.has(entry))
      const times = judged.evidence.map((one) => one.at)
      assert.deepEqual(
        times,
        times.toSorted((a, b) => a - b),
      )
      assert.ok(judged.text !== '' && judged.next !== '')
      if (judged.verdict === 'somebody-else' && judged.certainty === 'certain')
        assert.ok(judged.evidence.some(({ entry, text }) => entry === null && text.startsWith('Login History')))
    }),
    { seed: 20260105, numRuns: 3000 },
  )
})

test('while an attempt of ours with this very token is unresolved, the ledger alone never accuses anybody', () => {
  fc.assert(
    fc.property(anyStory, (story) => {
      const judged = judgeDeath(facts({ story }))
      const unresolved = story.some(({ kind, data }) => kind === 'in-doubt' && data['lineage'] === 'L1')
      if (unresolved) assert.notEqual(judged.verdict, 'somebody-else', judged.text)
    }),
    { seed: 20260106, numRuns: 3000 },
  )
})
