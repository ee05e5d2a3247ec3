/** Grants in the states that tests begin with, and the context they live in. Times are small numbers of milliseconds. */
import { defaultPolicy, type Context, type ProtocolEvent, type Transition } from '../../src/protocol/event.ts'
import { newGrant, type Doubt, type GrantState, type Holder, type Spend } from '../../src/protocol/state.ts'
import { transition } from '../../src/protocol/transition.ts'

export const NOW = 10_000_000

export const holder: Holder = { host: 'h0', process: 'p0' }
export const otherHost: Holder = { host: 'h1', process: 'p1' }

export const context = (change: Partial<Context> = {}): Context => ({
  now: NOW,
  policy: defaultPolicy,
  siblings: { mayLive: false, minting: false, replaying: false },
  paced: false,
  ...change,
})

/** In use for long: an old access token lives. */
export const live = (change: Partial<GrantState> = {}): GrantState => ({
  ...newGrant('L0', { names: ['same', 'other'], cascade: ['same'] }),
  generation: 1,
  access: 'alive',
  ownAccess: 'alive',
  source: 'refresh',
  mintedAt: NOW - 10_000_000 / 2,
  ...change,
})

export const expired = (change: Partial<GrantState> = {}): GrantState =>
  live({ access: 'dead', ownAccess: 'dead', ...change })

export const spendOf = (change: Partial<Spend> = {}): Spend => ({
  attempt: 'a1',
  holder,
  claimedAt: NOW - 1_000,
  sendBy: NOW + 1_000,
  deadline: NOW + 5_000,
  replayOf: null,
  ...change,
})

export const claimed = (change: Partial<GrantState> = {}): GrantState => expired({ spend: spendOf(), ...change })

export const doubtOf = (change: Partial<Doubt> = {}): Doubt => ({
  attempt: 'a1',
  holder,
  since: NOW - 1_000_000,
  cause: 'no-answer',
  finishedAt: NOW - 1_000_000,
  behind: null,
  replays: 0,
  notBefore: NOW - 900_000,
  awaiting: [],
  hosts: [],
  ...change,
})

/** In doubt, with nothing in the way of a replay. */
export const inDoubt = (change: Partial<GrantState> = {}, doubt: Partial<Doubt> = {}): GrantState =>
  expired({
    status: 'in-doubt',
    doubt: doubtOf(doubt),
    spares: { same: 'failed', other: 'failed' },
    ...change,
  })

export const replaying = (change: Partial<GrantState> = {}): GrantState =>
  inDoubt({ spend: spendOf({ attempt: 'a2', replayOf: 'a1' }), ...change })

export const dead = (change: Partial<GrantState> = {}): GrantState =>
  expired({ status: 'dead', refused: true, ...change })

export const machine = (change: Partial<GrantState> = {}): GrantState => ({ ...newGrant(null), ...change })

export const events = {
  claim: { type: 'claim', attempt: 'a9', holder, lineage: 'L0', generation: 1, sendBy: NOW + 1, deadline: NOW + 2 },
  replay: {
    type: 'claim-replay',
    attempt: 'a9',
    holder,
    lineage: 'L0',
    unresolved: 'a1',
    sendBy: NOW + 1,
    deadline: NOW + 2,
  },
  answered: { type: 'answered', attempt: 'a1', sent: 'L0', next: 'L1', access: true, rolledForward: false },
  refused: { type: 'refused', attempt: 'a1', lineage: 'L0', text: 'expired access/refresh token' },
  busy: { type: 'busy', attempt: 'a1', lineage: 'L0' },
  blocked: { type: 'blocked', attempt: 'a1', lineage: 'L0', code: 'ip-restricted', text: 'ip restricted' },
  neverLeft: { type: 'never-left', attempt: 'a1', lineage: 'L0' },
  doubted: {
    type: 'doubted',
    attempt: 'a1',
    lineage: 'L0',
    cause: 'no-answer',
    by: 'holder',
    holderDead: false,
    finished: true,
  },
  finished: { type: 'finished', attempt: 'a1', host: 'h0', bet: false },
  rejected: { type: 'rejected', generation: 1, probe: 'not-made' },
  worked: { type: 'worked', generation: 1 },
  mint: { type: 'mint', attempt: 'm1', holder, spare: 'other', generation: 1, deadline: NOW + 1_000 },
  minted: { type: 'minted', attempt: 'm1', spare: 'other' },
  mintFailed: { type: 'mint-failed', attempt: 'm1', spare: 'other', definite: true, text: '' },
  enrol: { type: 'enrol', id: 'e1', deadline: NOW + 1_000 },
  enrolled: { type: 'enrolled', id: 'e1', lineage: 'N0' },
  enrolmentEnded: { type: 'enrolment-ended', id: 'e1' },
  remove: { type: 'remove' },
  revive: { type: 'revive' },
  restored: { type: 'restored', hosts: ['h0', 'h1'] },
  confirmed: { type: 'host-confirmed', host: 'h0' },
  spares: { type: 'spares', names: ['other', 'third'], cascade: [] },
  retry: { type: 'retry' },
} as const satisfies Record<string, ProtocolEvent>

export const after = (state: GrantState, event: ProtocolEvent, change: Partial<Context> = {}): Transition =>
  transition(state, event, context(change))
