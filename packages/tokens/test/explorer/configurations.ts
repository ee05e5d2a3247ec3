/**
 * What is explored: each line switches on a few actors, faults and contradictions of the server, so that most can be
 * walked to the end. `npm test` stops each after a few thousand states, the long run walks them all and the wider ones.
 */
import type { Configuration } from './world.ts'

const one = { hosts: [0] } as const
const two = { hosts: [0, 0] } as const
const three = { hosts: [0, 0, 0] } as const
const twoHosts = { hosts: [0, 1] } as const
const same = [{ name: 'same', cascade: true }] as const
const other = [{ name: 'other', cascade: false }] as const

export const configurations: readonly Configuration[] = [
  // Races and lost answers.
  { name: 'one process, lost answers', ...one, budget: { expire: 1, ahead: 1, lost: 2 } },
  { name: 'two processes race', ...two, views: true, budget: { expire: 1, ahead: 1 } },
  { name: 'two processes race and lose an answer', ...two, views: true, budget: { expire: 1, lost: 1 } },
  { name: 'three processes race', ...three, views: true, budget: { expire: 1 } },
  { name: 'half answers', ...two, soft: true, budget: { expire: 1, ahead: 1, halfToken: 1, halfAccess: 1 } },
  { name: 'half answers and stale views', ...two, views: true, budget: { expire: 1, halfToken: 1 } },
  { name: 'the endpoint is down', ...two, soft: true, budget: { ahead: 1, down: 3 } },
  { name: '5xx after the commit', ...two, soft: true, budget: { expire: 1, error: 1, down: 1 } },
  { name: 'requests are lost', ...two, soft: true, budget: { expire: 1, drop: 2 } },
  { name: 'connections fail', ...two, soft: true, budget: { expire: 1, noConnect: 2, drop: 1 } },
  { name: 'hold', ...one, unknownOutcome: 'hold', budget: { expire: 1, lost: 1, drop: 1 } },
  { name: 'no rotation', ...two, rotation: false, soft: true, budget: { expire: 2, lost: 1, slow: 1 } },
  { name: 'no rotation and stale views', ...two, rotation: false, views: true, budget: { expire: 1 } },
  // Crashes and slow holders.
  { name: 'crash', ...two, soft: true, budget: { expire: 1, crash: 1, lost: 1 } },
  { name: 'crash twice', ...two, budget: { expire: 1, crash: 2 } },
  { name: 'crash, documented reuse over user and app', ...two, cascade: 'user-app', soft: true, budget: { expire: 1, crash: 1, slow: 1 } },
  { name: 'slow network', ...two, soft: true, budget: { expire: 1, slow: 2 } },
  { name: 'slow network, lenient', ...two, soft: true, reuse: 'lenient', budget: { expire: 1, slow: 2, lost: 1 } },
  { name: 'late answers and stale views', ...two, soft: true, views: true, budget: { expire: 2, drop: 1 } },
  { name: 'slow network and views', ...two, views: true, budget: { expire: 1, slow: 1, drop: 1 } },
  { name: 'refresh ahead with a slow network', ...two, soft: true, budget: { ahead: 1, slow: 1, lost: 1 } },
  { name: 'stopped between check and write', ...two, soft: true, gap: 'long', budget: { expire: 1, drop: 1 } },
  // Two hosts.
  { name: 'two hosts', ...twoHosts, soft: true, budget: { expire: 1, slow: 1, crash: 1 } },
  { name: 'two hosts, three processes', hosts: [0, 0, 1], budget: { expire: 1, slow: 1, crash: 1 } },
  { name: 'a host burns down', ...twoHosts, budget: { expire: 1, loseHost: 1, giveUp: 1, drop: 1 } },
  // The price of the operator's bet is a second request with one token; whatever comes of it is handled all the same.
  { name: 'a silent host is given up', ...twoHosts, bet: 'early', reuse: 'lenient', ignores: ['P2', 'P5'], budget: { expire: 1, giveUp: 1, slow: 1, crash: 1 } },
  { name: 'a silent host is given up, enrolment', ...twoHosts, bet: 'early', reuse: 'lenient', ignores: ['P2', 'P5', 'P15'], budget: { expire: 1, giveUp: 1, slow: 1, enrol: 1 } },
  // The server's locks.
  { name: 'lock per token', ...two, lock: 'token', soft: true, budget: { expire: 1, slow: 1, drop: 1 } },
  { name: 'lock per token, duplicates', ...two, lock: 'token', budget: { expire: 1, duplicate: 1 } },
  { name: 'the lock error revokes', ...two, lock: 'token', lockErrorRevokes: true, soft: true, budget: { expire: 1, slow: 1 } },
  { name: 'lock per app, two grants', ...two, grants: 2, lock: 'app', budget: { expire: 2, drop: 1 } },
  { name: 'lock per app, one grant removed', ...one, grants: 2, lock: 'app', budget: { expire: 1, ahead: 1, drop: 1, remove: 1 } },
  // Refusals.
  { name: 'blocked', ...two, soft: true, budget: { expire: 1, block: 1, lost: 1 } },
  { name: 'blocked while in doubt', ...two, views: true, budget: { expire: 1, block: 1, drop: 1 } },
  { name: 'revoked by an administrator', ...two, soft: true, budget: { expire: 1, revoke: 1, lost: 1 } },
  { name: 'duplicate delivery', ...two, soft: true, budget: { expire: 1, duplicate: 1, lost: 1 } },
  { name: 'foreign spender', ...two, soft: true, budget: { expire: 1, foreign: 1, lost: 1 } },
  { name: 'foreign spender, lenient', ...two, soft: true, reuse: 'lenient', budget: { expire: 1, foreign: 1, crash: 1 } },
  // An enrolling person.
  { name: 'enrolment', ...one, cascade: 'user-app', soft: true, budget: { expire: 1, lost: 1, enrol: 1 } },
  { name: 'enrolment, slow network', ...one, cascade: 'user-app', soft: true, budget: { expire: 1, slow: 2, enrol: 1 } },
  { name: 'enrolment kills the old', ...two, newKillsOld: true, soft: true, budget: { expire: 1, slow: 1, enrol: 1 } },
  { name: 'enrolment lost', ...one, soft: true, budget: { expire: 1, slow: 1, enrol: 2, codeLost: 1 } },
  { name: 'enrolment and crash', ...two, cascade: 'user-app', budget: { expire: 1, crash: 1, enrol: 1, slow: 1 } },
  { name: 'enrolment and views', ...two, cascade: 'user-app', views: true, budget: { expire: 1, enrol: 1, drop: 1 } },
  { name: 'enrolment of a blocked grant', ...one, soft: true, budget: { expire: 1, block: 1, drop: 1, enrol: 1 } },
  // Fallbacks.
  { name: 'a spare of the same user and app', ...one, spares: same, cascade: 'user-app', soft: true, budget: { expire: 2, lost: 1, mintFails: 1, mintLost: 1 } },
  { name: 'a spare of the same user and app, slow', ...two, spares: same, cascade: 'user-app', soft: true, budget: { expire: 1, slow: 2, mintFails: 1 } },
  { name: 'a spare that failed is tried again', ...one, spares: same, cascade: 'user-app', budget: { expire: 1, slow: 2, mintFails: 1, retry: 1 } },
  { name: 'an independent spare', ...two, spares: other, soft: true, budget: { expire: 2, drop: 1, mintFails: 1 } },
  { name: 'an independent spare, tried early', ...one, spares: other, prepare: true, soft: true, budget: { ahead: 1, expire: 2, drop: 2 } },
  { name: 'an independent spare races a late answer', ...two, spares: other, soft: true, budget: { expire: 3, slow: 1, drop: 1 } },
  { name: 'both spares', ...one, spares: [...same, ...other], cascade: 'user-app', soft: true, budget: { expire: 2, slow: 1, mintFails: 1 } },
  { name: 'spare and enrolment', ...one, spares: same, cascade: 'user-app', soft: true, budget: { expire: 1, slow: 1, mintFails: 1, enrol: 1 } },
  // Another grant of the same user and app.
  { name: 'two grants', ...one, grants: 2, cascade: 'user-app', soft: true, budget: { expire: 2, slow: 1 } },
  { name: 'two grants, one dead with a spare', ...one, grants: 2, spares: same, cascade: 'user-app', budget: { expire: 2, revoke: 1, slow: 1 } },
  { name: 'two grants, one removed', ...one, grants: 2, cascade: 'user-app', soft: true, budget: { expire: 1, slow: 2, remove: 1, revive: 1 } },
  { name: 'two grants, one enrolled', ...one, grants: 2, cascade: 'user-app', budget: { expire: 1, slow: 2, enrol: 1, remove: 1, revive: 1 } },
  // Removal.
  { name: 'removed and added again', ...two, soft: true, budget: { expire: 1, lost: 1, remove: 1, revive: 1 } },
  { name: 'removed and added again, slow', ...two, soft: true, budget: { expire: 1, slow: 1, crash: 1, remove: 1, revive: 1 } },
  { name: 'removed, enrolled', ...one, spares: other, soft: true, budget: { expire: 1, slow: 1, remove: 1, revive: 1, enrol: 1 } },
  // A store that goes back.
  { name: 'the store goes back', ...one, budget: { expire: 1, ahead: 1, backup: 1, setBack: 1 } },
  { name: 'the store goes back, two processes', ...two, soft: true, budget: { expire: 2, backup: 1, setBack: 1 } },
  { name: 'the store goes back, lost answer', ...one, soft: true, budget: { expire: 2, slow: 1, backup: 1, setBack: 1 } },
  { name: 'the store goes back, two hosts', ...twoHosts, budget: { expire: 2, backup: 1, setBack: 1 } },
  { name: 'the store goes back, crash', ...two, budget: { expire: 2, crash: 1, backup: 1, setBack: 1 } },
  { name: 'the store goes back over a replay and an enrolment', ...one, cascade: 'user-app', budget: { expire: 1, slow: 2, enrol: 1, backup: 1, setBack: 1 } },
  { name: 'the store goes back over an enrolment', ...one, budget: { expire: 1, enrol: 1, backup: 1, setBack: 1 } },
  { name: 'the store goes back over a journalled enrolment', ...one, journalsCodes: true, budget: { expire: 1, enrol: 1, backup: 1, setBack: 1 } },
  { name: 'the store goes back over a refusal', ...one, budget: { expire: 1, lost: 1, backup: 1, setBack: 1 } },
  { name: 'the store goes back over a removal', ...one, budget: { expire: 1, remove: 1, revive: 1, backup: 1, setBack: 1 } },
  // The breaker and machine flows.
  { name: 'an API that refuses every token', ...one, api: 'refuses', budget: {} },
  { name: 'an API that is cured', ...one, api: 'refuses', budget: { cure: 1 } },
  { name: 'tokens that die at once', ...two, api: 'mayfly', budget: {} },
  { name: 'an API that refuses every token, with a spare', ...one, api: 'refuses', spares: other, budget: { drop: 1 } },
  { name: 'a machine flow', ...two, machine: true, budget: { expire: 1 } },
  { name: 'a machine flow that is refused', ...two, machine: true, budget: { mintFails: 0 } },
]

/** Wider combinations for the long run; most of these are capped. */
export const wider: readonly Configuration[] = [
  { name: 'wide: three processes, crash, slow network', ...three, soft: true, cascade: 'user-app', budget: { expire: 2, crash: 1, slow: 1, lost: 1 } },
  { name: 'wide: three processes look first', ...three, views: true, budget: { expire: 1, slow: 1, drop: 1 } },
  { name: 'wide: two hosts, crash, lost and half answers', hosts: [0, 0, 1], soft: true, budget: { expire: 1, ahead: 1, crash: 1, slow: 1, halfToken: 1, halfAccess: 1 } },
  { name: 'wide: everything that answers can be', ...two, soft: true, budget: { expire: 1, ahead: 1, lost: 1, halfToken: 1, down: 1, error: 1, block: 1 } },
  { name: 'wide: enrolment, both spares, crash', ...two, spares: [...same, ...other], cascade: 'user-app', soft: true, budget: { expire: 2, crash: 1, slow: 1, mintFails: 1, enrol: 1 } },
  { name: 'wide: two grants, spare, removal, enrolment', ...one, grants: 2, spares: same, cascade: 'user-app', soft: true, budget: { expire: 2, slow: 2, mintFails: 1, enrol: 1, remove: 1, revive: 1 } },
  { name: 'wide: two grants on two hosts', ...twoHosts, grants: 2, cascade: 'user-app', soft: true, budget: { expire: 2, crash: 1, slow: 1 } },
  { name: 'wide: lock per app, error revokes, two grants', ...two, grants: 2, lock: 'app', lockErrorRevokes: true, soft: true, budget: { expire: 2, slow: 1 } },
  { name: 'wide: the store goes back, two hosts, crash', ...twoHosts, soft: true, cascade: 'user-app', budget: { expire: 2, crash: 1, slow: 1, backup: 1, setBack: 1 } },
  { name: 'wide: the store goes back, removal, spare', ...one, spares: other, budget: { expire: 2, lost: 1, remove: 1, revive: 1, backup: 1, setBack: 1 } },
  { name: 'wide: a foreign spender, crash, enrolment', ...two, cascade: 'user-app', soft: true, budget: { expire: 2, foreign: 1, crash: 1, enrol: 1 } },
  { name: 'wide: the breaker, two processes, a spare', ...two, api: 'refuses', spares: other, soft: true, budget: { cure: 1, drop: 1 } },
]
