/**
 * What every event does in the states it is about, one line each: state, event, what the grant is afterwards.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Context, ProtocolEvent } from '../../src/protocol/event.ts'
import type { GrantState } from '../../src/protocol/state.ts'
import {
  NOW,
  after,
  claimed,
  dead,
  doubtOf,
  events,
  expired,
  inDoubt,
  live,
  machine,
  otherHost,
  replaying,
  spendOf,
} from './grant-states.ts'

const minting = { attempt: 'm1', spare: 'other', holder: otherHost, deadline: NOW + 1_000, cascade: false }
const restored = inDoubt(
  {},
  {
    attempt: 'restored',
    holder: null,
    cause: 'restored',
    finishedAt: null,
    awaiting: ['h0', 'h1'],
    hosts: ['h0', 'h1'],
  },
)
const enrolling = expired({ enrolment: { id: 'e1', deadline: NOW + 1_000 } })

/** What a row says of the state afterwards; null: the event does not apply. */
type After = Partial<GrantState> | null
type Row = readonly [name: string, state: GrantState, event: ProtocolEvent, after: After, context?: Partial<Context>]

const rows: readonly Row[] = [
  [
    'a claim names its attempt',
    expired(),
    events.claim,
    { status: 'live', spend: spendOf({ attempt: 'a9', claimedAt: NOW, sendBy: NOW + 1, deadline: NOW + 2 }) },
  ],
  [
    'a half-open breaker lets one claim through and closes again for longer',
    expired({ breaker: { strikes: 2, trips: 0, retryAt: NOW } }),
    events.claim,
    { breaker: { strikes: 2, trips: 1, retryAt: NOW + 60_000 } },
  ],
  ['a replay keeps the doubt it is about', inDoubt(), events.replay, { status: 'in-doubt', doubt: doubtOf() }],
  [
    'an answer moves token and generation',
    claimed(),
    events.answered,
    { status: 'live', lineage: 'L1', generation: 2, spend: null, access: 'alive', ownAccess: 'alive' },
  ],
  [
    'an answer without a refresh token keeps the token (rotation off)',
    claimed(),
    { ...events.answered, next: null },
    { status: 'live', lineage: 'L0', generation: 2, spend: null },
  ],
  [
    'half an answer with the refresh token moves the token only',
    claimed(),
    { ...events.answered, access: false },
    { lineage: 'L1', generation: 1, access: 'dead' },
  ],
  ['a late answer ends a doubt', inDoubt(), events.answered, { status: 'live', lineage: 'L1', doubt: null }],
  [
    'the late answer of an older attempt ends a doubt and voids the replay',
    replaying(),
    events.answered,
    { status: 'live', lineage: 'L1', doubt: null, spend: null },
  ],
  ['a late answer wakes a dead grant', dead(), events.answered, { status: 'live', refused: false, lineage: 'L1' }],
  [
    'an answer of another user or org blocks',
    claimed(),
    { ...events.answered, access: false, mismatch: 'another org' },
    { status: 'blocked', lineage: 'L1' },
  ],
  [
    'an answer is recorded in a tombstone',
    claimed({ removedAt: NOW - 1 }),
    events.answered,
    { lineage: 'L1', removedAt: NOW - 1 },
  ],
  ['an answer for another token is stray', claimed({ lineage: 'N0' }), events.answered, null],
  ['an answer that stands already is nothing new', live({ lineage: 'L1' }), events.answered, null],
  ['an answer of a resolved attempt is nothing new', claimed({ resolved: ['a1'] }), events.answered, null],
  ['a new own token voids a mint on its way', claimed({ mint: minting }), events.answered, { mint: null }],
  [
    'a link of the chain after the store went back makes every host look again',
    { ...restored, doubt: doubtOf({ ...restored.doubt, awaiting: ['h1'] }) },
    { ...events.answered, rolledForward: true },
    {
      status: 'in-doubt',
      lineage: 'L1',
      doubt: doubtOf({ ...restored.doubt, finishedAt: null, awaiting: ['h0', 'h1'] }),
    },
  ],
  ['a refusal is the end', claimed(), events.refused, { status: 'dead', refused: true, spend: null }],
  ['a refusal in doubt is the end', inDoubt(), events.refused, { status: 'dead', refused: true, doubt: null }],
  ['a refusal about another token is stray', claimed({ lineage: 'N0' }), events.refused, null],
  [
    'a refusal of an older attempt marks the token and leaves the claim on the wire',
    claimed({ spend: spendOf({ attempt: 'a2' }) }),
    events.refused,
    { status: 'live', refused: true, spend: spendOf({ attempt: 'a2' }) },
  ],
  [
    'a release after such a refusal is the end',
    claimed({ refused: true }),
    events.neverLeft,
    { status: 'dead', spend: null },
  ],
  ['busy leaves a first attempt unspent', claimed(), events.busy, { status: 'live', spend: null }],
  [
    'busy leaves the doubt behind a replay',
    replaying(),
    { ...events.busy, attempt: 'a2' },
    { status: 'in-doubt', spend: null, doubt: doubtOf({ notBefore: NOW + 60_000 }) },
  ],
  [
    'busy ends the doubt its own holder marked',
    inDoubt({}, { finishedAt: null }),
    events.busy,
    { status: 'live', doubt: null },
  ],
  ['busy of a stranger is stray', claimed(), { ...events.busy, attempt: 'a7' }, null],
  [
    'a block keeps the token',
    claimed(),
    events.blocked,
    { status: 'blocked', lineage: 'L0', refused: false, spend: null },
  ],
  [
    'a block ends the doubt its own holder marked',
    inDoubt({}, { finishedAt: null }),
    events.blocked,
    { status: 'blocked', doubt: null },
  ],
  ['never-left releases', claimed(), events.neverLeft, { status: 'live', spend: null }],
  [
    'never-left ends a doubt that others marked',
    inDoubt({}, { finishedAt: null }),
    events.neverLeft,
    { status: 'live', doubt: null },
  ],
  [
    'never-left of a doubted replay brings back what it repeated',
    inDoubt({}, { attempt: 'a2', behind: 'a1' }),
    { ...events.neverLeft, attempt: 'a2' },
    { status: 'in-doubt', doubt: doubtOf() },
  ],
  ['never-left explains nothing after the store went back', inDoubt({}, { cause: 'restored' }), events.neverLeft, null],
  [
    'a doubt names its attempt',
    claimed(),
    events.doubted,
    { status: 'in-doubt', spend: null, doubt: doubtOf({ since: NOW, finishedAt: NOW, notBefore: NOW + 60_000 }) },
  ],
  [
    'a doubt of a listening holder is not finished',
    claimed(),
    { ...events.doubted, finished: false },
    { status: 'in-doubt', doubt: doubtOf({ since: NOW, finishedAt: null, notBefore: NOW + 60_000 }) },
  ],
  [
    'half an answer with the access token is served in doubt',
    claimed(),
    { ...events.doubted, access: true },
    { status: 'in-doubt', generation: 2, access: 'alive' },
  ],
  [
    'an unknown replay counts and waits longer',
    replaying(),
    { ...events.doubted, attempt: 'a2' },
    { doubt: doubtOf({ attempt: 'a2', behind: 'a1', replays: 1, finishedAt: NOW, notBefore: NOW + 120_000 }) },
  ],
  [
    'others may doubt after the deadline',
    claimed({ spend: spendOf({ deadline: NOW - 1 }) }),
    { ...events.doubted, by: 'other', finished: false },
    { status: 'in-doubt' },
  ],
  ['others may not doubt before it', claimed(), { ...events.doubted, by: 'other', finished: false }, null],
  [
    'others may doubt when the holder is proved dead',
    claimed(),
    { ...events.doubted, by: 'other', holderDead: true },
    { status: 'in-doubt' },
  ],
  ['a doubt about another claim does nothing', claimed(), { ...events.doubted, attempt: 'a7' }, null],
  [
    'a doubt on a dead lineage stays dead',
    claimed({ status: 'dead', refused: true }),
    events.doubted,
    { status: 'dead', spend: null, doubt: null },
  ],
  [
    'finished is noted once',
    inDoubt({}, { finishedAt: null }),
    events.finished,
    { doubt: doubtOf({ finishedAt: NOW }) },
  ],
  ['finished again is nothing new', inDoubt(), events.finished, null],
  ['another host has no word', inDoubt({}, { finishedAt: null }), { ...events.finished, host: 'h1' }, null],
  [
    'an operator may bet',
    inDoubt({}, { finishedAt: null }),
    { ...events.finished, host: 'h1', bet: true },
    { doubt: doubtOf({ finishedAt: NOW }) },
  ],
  ['a report on the current generation counts', live(), events.rejected, { access: 'dead', ownAccess: 'dead' }],
  ['a report on an older generation does not', live({ generation: 2 }), events.rejected, null],
  ['a young token is probed first', live({ mintedAt: NOW }), events.rejected, null],
  ['a young token that lives stays', live({ mintedAt: NOW }), { ...events.rejected, probe: 'lives' }, null],
  [
    'one young death is cured by an exchange',
    live({ mintedAt: NOW }),
    { ...events.rejected, probe: 'dead' },
    { access: 'dead', breaker: { strikes: 1, trips: 0, retryAt: null } },
  ],
  [
    'two in a row open the breaker',
    live({ mintedAt: NOW, breaker: { strikes: 1, trips: 0, retryAt: null } }),
    { ...events.rejected, probe: 'dead' },
    { breaker: { strikes: 2, trips: 0, retryAt: NOW + 30_000 } },
  ],
  [
    'a 401 that no exchange cures opens the breaker',
    live({ mintedAt: NOW }),
    { ...events.rejected, probe: 'uncurable' },
    { breaker: { strikes: 1, trips: 0, retryAt: NOW + 30_000 } },
  ],
  [
    'a success closes the breaker',
    live({ breaker: { strikes: 2, trips: 1, retryAt: NOW + 5 } }),
    events.worked,
    { proven: true, breaker: { strikes: 0, trips: 0, retryAt: null } },
  ],
  ['a mint is claimed', expired(), events.mint, { mint: { ...minting, holder: { host: 'h0', process: 'p0' } } }],
  [
    'a minted token serves beside the doubt',
    inDoubt({ mint: minting }),
    events.minted,
    { status: 'in-doubt', generation: 2, access: 'alive', ownAccess: 'dead', source: 'other', mint: null },
  ],
  ['a mint without a claim is stray', inDoubt(), events.minted, null],
  [
    'a definite failure ends a spare',
    inDoubt({ spares: { same: 'failed', other: 'untried' }, mint: minting }),
    events.mintFailed,
    { mint: null, spares: { same: 'failed', other: 'failed' } },
  ],
  [
    'an unknown failure does not',
    inDoubt({ spares: { same: 'failed', other: 'untried' }, mint: minting }),
    { ...events.mintFailed, definite: false },
    { mint: null, spares: { same: 'failed', other: 'untried' } },
  ],
  [
    'a machine flow mints itself live',
    machine({ status: 'blocked', mint: { ...minting, spare: 'own' } }),
    { ...events.minted, spare: 'own' },
    { status: 'live', generation: 1 },
  ],
  [
    'a machine flow that is refused blocks',
    machine({ mint: { ...minting, spare: 'own' } }),
    { ...events.mintFailed, spare: 'own' },
    { status: 'blocked' },
  ],
  ['an enrolment is announced', expired(), events.enrol, { enrolment: { id: 'e1', deadline: NOW + 1_000 } }],
  [
    'an enrolment starts anew',
    { ...enrolling, status: 'dead', refused: true },
    events.enrolled,
    { status: 'live', lineage: 'N0', refused: false, generation: 2, spend: null, doubt: null, enrolment: null },
  ],
  ['an enrolment that nobody announced does nothing', expired(), events.enrolled, null],
  ['an enrolment is given up', enrolling, events.enrolmentEnded, { enrolment: null }],
  ['a removal keeps the claim', claimed(), events.remove, { removedAt: NOW, spend: spendOf() }],
  ['a removal of what is removed is nothing new', claimed({ removedAt: 1 }), events.remove, null],
  ['a revival keeps the state', dead({ removedAt: 1 }), events.revive, { status: 'dead', removedAt: null }],
  [
    'no revival while a replay is abroad',
    dead({ removedAt: 1 }),
    events.revive,
    null,
    { siblings: { mayLive: false, minting: false, replaying: true } },
  ],
  [
    'a store that went back leaves every grant in doubt',
    claimed(),
    events.restored,
    { status: 'in-doubt', spend: null, generation: 1_000_001 },
  ],
  ['... but not a dead one', dead(), events.restored, null],
  [
    'a host confirms',
    restored,
    events.confirmed,
    { status: 'in-doubt', doubt: doubtOf({ ...restored.doubt, finishedAt: null, awaiting: ['h1'] }) },
  ],
  [
    'the last host finishes the doubt',
    { ...restored, doubt: doubtOf({ ...restored.doubt, awaiting: ['h0'] }) },
    events.confirmed,
    { doubt: doubtOf({ ...restored.doubt, awaiting: [], finishedAt: NOW }) },
  ],
  ['a host that nobody awaits says nothing new', inDoubt(), events.confirmed, null],
  [
    'spares change and keep what is known of them',
    inDoubt(),
    events.spares,
    { spares: { other: 'failed', third: 'untried' }, cascadeSpares: [] },
  ],
  ['a retry ends a block', expired({ status: 'blocked' }), events.retry, { status: 'live' }],
  [
    'a retry finds the doubt behind a block',
    inDoubt({ status: 'blocked' }),
    events.retry,
    { status: 'in-doubt', spares: { same: 'untried', other: 'untried' } },
  ],
  ['a retry of nothing is nothing', live({ spares: { same: 'untried', other: 'untried' } }), events.retry, null],
]

for (const [name, state, event, expected, change] of rows) {
  test(`${event.type}: ${name}`, () => {
    const result = after(state, event, change)
    assert.equal(result.applied, expected !== null, result.applied ? 'it applied' : result.reason)
    for (const [key, value] of Object.entries(expected ?? {})) {
      assert.deepEqual(result.state[key as keyof GrantState], value, key)
    }
  })
}

test('every event and every status is in the table', () => {
  const types = new Set(rows.filter(([, , , expected]) => expected !== null).map(([, , event]) => event.type))
  assert.deepEqual(
    [...types].sort(),
    Object.values(events)
      .map((event) => event.type)
      .sort(),
  )
  const reached = new Set(rows.map(([, state, event, , change]) => after(state, event, change).state.status))
  assert.deepEqual([...reached].sort(), ['blocked', 'dead', 'in-doubt', 'live'])
})
