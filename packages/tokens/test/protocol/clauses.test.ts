/**
 * Every clause forbids what it is there for: one state for each in which it, and no clause before it, fails.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { clauses } from '../../src/protocol/clauses.ts'
import type { Context, ProtocolEvent } from '../../src/protocol/event.ts'
import type { GrantState } from '../../src/protocol/state.ts'
import { mayExchangeCode, mayStillSend } from '../../src/protocol/transition.ts'
import {
  NOW,
  after,
  claimed,
  context,
  dead,
  events,
  expired,
  inDoubt,
  live,
  machine,
  otherHost,
  replaying,
  spendOf,
} from './grant-states.ts'

const none = { mayLive: false, minting: false, replaying: false }
const enrolment = { id: 'e9', deadline: NOW + 1 }
const open = { strikes: 2, trips: 0, retryAt: NOW + 1 }
const cascade = { attempt: 'm1', spare: 'same', holder: otherHost, deadline: NOW + 1, cascade: true }

type Row = readonly [clause: string, state: GrantState, event: ProtocolEvent, context?: Partial<Context>]

const ofEvents: readonly Row[] = [
  ['adopt-first', expired({ generation: 2 }), events.claim],
  ['claim-lineage', expired({ lineage: 'L1' }), events.claim],
  ['claim-live', expired({ status: 'blocked' }), events.claim],
  ['claim-one-spend', claimed(), events.claim],
  ['claim-not-refused', expired({ refused: true }), events.claim],
  ['claim-no-enrolment', expired({ enrolment }), events.claim],
  ['claim-not-removed', expired({ removedAt: 1 }), events.claim],
  ['claim-pacing', expired(), events.claim, { paced: true }],
  ['claim-breaker', expired({ breaker: open }), events.claim],
  ['replay-lineage', inDoubt({ lineage: 'L1' }), events.replay],
  ['replay-in-doubt', dead(), events.replay],
  ['replay-names-attempt', inDoubt(), { ...events.replay, unresolved: 'a7' }],
  ['replay-one-spend', replaying(), events.replay],
  ['replay-policy', inDoubt(), events.replay, { policy: { ...context().policy, unknownOutcome: 'hold' } }],
  ['replay-not-refused', inDoubt({ refused: true }), events.replay],
  ['replay-access-dead', inDoubt({ ownAccess: 'alive' }), events.replay],
  ['replay-access-dead', inDoubt({ access: 'alive', source: 'same' }), events.replay],
  ['replay-no-spare-at-stake', inDoubt({ spares: { same: 'untried', other: 'failed' } }), events.replay],
  ['replay-no-sibling-at-stake', inDoubt(), events.replay, { siblings: { ...none, mayLive: true } }],
  ['replay-no-mint', inDoubt({ mint: cascade }), events.replay],
  ['replay-no-mint', inDoubt(), events.replay, { siblings: { ...none, minting: true } }],
  ['replay-holder-finished', inDoubt({}, { finishedAt: null }), events.replay],
  ['replay-drained', inDoubt({}, { finishedAt: NOW - 120_000 }), events.replay],
  ['replay-backoff', inDoubt({}, { notBefore: NOW + 1 }), events.replay],
  ['replay-hosts-confirmed', inDoubt({}, { awaiting: ['h1'] }), events.replay],
  ['replay-no-enrolment', inDoubt({ enrolment }), events.replay],
  ['replay-not-removed', inDoubt({ removedAt: 1 }), events.replay],
  ['replay-pacing', inDoubt(), events.replay, { paced: true }],
  ['doubt-attempt', claimed({ spend: spendOf({ attempt: 'a2' }) }), events.doubted],
  ['doubt-lineage', claimed({ lineage: 'L1' }), events.doubted],
  ['doubt-proof', claimed(), { ...events.doubted, by: 'other' }],
  ['finished-attempt', inDoubt({}, { attempt: 'a2', finishedAt: null }), events.finished],
  ['finished-own-word', inDoubt({}, { finishedAt: null }), { ...events.finished, host: 'h1' }],
  ['mint-generation', expired({ generation: 2 }), events.mint],
  ['mint-needed', live(), events.mint],
  ['mint-one', expired({ mint: cascade }), events.mint],
  ['mint-not-removed', expired({ removedAt: 1 }), events.mint],
  ['mint-no-replay', replaying(), { ...events.mint, spare: 'same' }],
  [
    'mint-no-replay',
    inDoubt({}, { attempt: 'a2', behind: 'a1', finishedAt: NOW - 1 }),
    { ...events.mint, spare: 'same' },
  ],
  [
    'mint-blocked',
    machine({ status: 'blocked', generation: 1, why: { code: 'refused', text: '', at: NOW } }),
    events.mint,
  ],
  ['mint-breaker', expired({ breaker: open }), events.mint],
  ['enrol-one', expired({ enrolment }), events.enrol],
  ['enrol-not-removed', expired({ removedAt: 1 }), events.enrol],
  ['enrolled-announced', expired({ enrolment }), events.enrolled],
  ['revive-no-replay', dead({ removedAt: 1 }), events.revive, { siblings: { ...none, replaying: true } }],
]

for (const [clause, state, event, change] of ofEvents) {
  test(`${clause} forbids a ${event.type}`, () => {
    const result = after(state, event, change)
    assert.equal(result.applied, false)
    assert.equal(result.applied ? null : result.reason, clause)
  })
}

const check = { attempt: 'a1', lineage: 'L0' }
const ofSending: readonly (readonly [clause: string | null, state: GrantState])[] = [
  [null, claimed()],
  ['send-own-claim', claimed({ spend: spendOf({ attempt: 'a2' }) })],
  ['send-lineage', claimed({ lineage: 'L1' })],
  ['send-in-time', claimed({ spend: spendOf({ sendBy: NOW }) })],
  ['send-not-refused', claimed({ refused: true })],
  ['send-no-enrolment', claimed({ enrolment })],
  ['send-not-removed', claimed({ removedAt: 1 })],
  ['send-not-restored', inDoubt({ spend: spendOf() }, { cause: 'restored', awaiting: ['h1'] })],
]

for (const [clause, state] of ofSending) {
  test(clause === null ? 'a claim may send' : `${clause} forbids the first byte`, () => {
    assert.equal(mayStillSend(state, check, context()), clause)
  })
}

const announced = { enrolment: { id: 'e1', deadline: NOW + 1 } }
const ofCodes: readonly (readonly [clause: string | null, state: GrantState, context?: Partial<Context>])[] = [
  [null, expired(announced)],
  [null, inDoubt(announced)],
  ['code-announced', expired()],
  ['code-announced', expired({ enrolment: { id: 'e1', deadline: NOW } })],
  ['code-nothing-on-the-wire', claimed(announced)],
  ['code-nothing-on-the-wire', inDoubt(announced, { finishedAt: null })],
  ['code-nothing-on-the-wire', inDoubt(announced, { attempt: 'a2', behind: 'a1', finishedAt: NOW })],
  ['code-no-sibling-replay', expired(announced), { siblings: { ...none, replaying: true } }],
]

for (const [clause, state, change] of ofCodes) {
  test(clause === null ? `a code may be traded while ${state.status}` : `${clause} forbids the code`, () => {
    assert.equal(mayExchangeCode(state, 'e1', context(change)), clause)
  })
}

test('every clause is in these tables', () => {
  const tested = new Set<string | null>([...ofEvents, ...ofSending, ...ofCodes].map(([clause]) => clause))
  const missing = Object.values(clauses)
    .flatMap((group) => Object.keys(group))
    .filter((clause) => !tested.has(clause))
  assert.deepEqual(missing, [])
})
