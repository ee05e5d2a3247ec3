/**
 * Whatever events come in whatever order: what always holds of a grant. Seeds are printed with a failure.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { ProtocolEvent } from '../../src/protocol/event.ts'
import type { GrantState } from '../../src/protocol/state.ts'
import { transition } from '../../src/protocol/transition.ts'
import { NOW, context, events, live } from './grant-states.ts'

const names = ['a1', 'a2', 'a3'] as const
const attempt = fc.constantFrom(...names)
const lineage = fc.constantFrom('L0', 'L1', 'L2')

/** Any event, about any attempt, token, host and generation. */
const anyEvent: fc.Arbitrary<ProtocolEvent> = fc
  .record({
    event: fc.constantFrom(...Object.values(events)),
    attempt,
    unresolved: attempt,
    lineage,
    next: lineage,
    generation: fc.integer({ min: 0, max: 4 }),
    host: fc.constantFrom('h0', 'h1'),
    flag: fc.boolean(),
  })
  .map(({ event, ...any }) => {
    const own = Object.keys(event)
    const change = Object.fromEntries(
      Object.entries({
        ...any,
        sent: any.lineage,
        finished: any.flag,
        access: any.flag,
        rolledForward: any.flag,
      }).filter(([key]) => own.includes(key)),
    )
    return { ...event, ...change } as ProtocolEvent
  })

const anyHistory = fc.array(fc.record({ event: anyEvent, wait: fc.constantFrom(0, 1, 200_000) }), { maxLength: 40 })

const frozen = <T>(value: T): T => {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value)
    for (const part of Object.values(value)) frozen(part)
  }
  return value
}

const hold = (before: GrantState, event: ProtocolEvent, after: GrantState): void => {
  assert.ok(after.generation >= before.generation, 'a generation went down')
  if (after.lineage !== before.lineage)
    assert.ok(event.type === 'answered' || event.type === 'enrolled', 'the token changed')
  if (after.status === 'in-doubt') assert.notEqual(after.doubt, null, 'in doubt about nothing')
  if (after.status === 'live') assert.equal(after.doubt, null, 'live with a doubt')
  if (before.removedAt !== null && after.spend !== null)
    assert.equal(after.spend.attempt, before.spend?.attempt, 'claimed while removed')
  if (after.spend !== null && after.spend.attempt !== before.spend?.attempt)
    assert.equal(before.spend, null, 'a claim took the place of another')
  if (before.refused && !after.refused)
    assert.ok(event.type === 'answered' || event.type === 'enrolled', 'a refusal was forgotten')
}

test('whatever happens in whatever order, a grant stays sound', () => {
  fc.assert(
    fc.property(anyHistory, (history) => {
      let state = frozen(live())
      let now = NOW
      for (const { event, wait } of history) {
        now += wait
        const result = transition(state, event, context({ now }))
        if (!result.applied) assert.equal(result.state, state)
        hold(state, event, result.state)
        state = frozen(result.state)
      }
    }),
    { numRuns: 3_000, seed: 20261122 },
  )
})

test('an outcome that is told twice counts once', () => {
  const outcomes = new Set<ProtocolEvent['type']>([
    'answered',
    'refused',
    'busy',
    'blocked',
    'never-left',
    'doubted',
    'finished',
    'minted',
    'mint-failed',
    'enrolled',
  ])
  fc.assert(
    fc.property(anyHistory, (history) => {
      let state = live()
      for (const { event } of history) {
        const first = transition(state, event, context())
        state = first.state
        if (!first.applied || !outcomes.has(event.type)) continue
        assert.equal(transition(state, event, context()).applied, false, event.type)
      }
    }),
    { numRuns: 3_000, seed: 20261122 },
  )
})
