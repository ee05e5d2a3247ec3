/**
 * Where each mutant dies: the configuration that shows a schedule against it, found by trying them all. `late`: it takes
 * so many states that only the long run does it.
 */
export interface Kill {
  readonly mutant: string
  readonly configuration: string
  readonly late?: true
  /** Only these properties count: what dropping one half of a pair breaks anyway doesn't. */
  readonly only?: readonly string[]
}

export const kills: readonly Kill[] = [
  { mutant: 'claim/adopt-first', configuration: 'no rotation and stale views' },
  { mutant: 'claim/claim-lineage', configuration: 'half answers and stale views' },
  { mutant: 'claim/claim-live', configuration: 'one process, lost answers' },
  { mutant: 'claim/claim-one-spend', configuration: 'one process, lost answers' },
  { mutant: 'claim/claim-not-removed', configuration: 'two grants, one removed' },
  { mutant: 'claim/claim-pacing', configuration: 'lock per app, two grants', late: true },
  { mutant: 'claim/claim-breaker', configuration: 'an API that refuses every token' },
  { mutant: 'claim-replay/replay-in-doubt', configuration: 'blocked' },
  { mutant: 'claim-replay/replay-names-attempt', configuration: 'two processes race and lose an answer' },
  { mutant: 'claim-replay/replay-one-spend', configuration: 'one process, lost answers' },
  { mutant: 'claim-replay/replay-policy', configuration: 'hold' },
  { mutant: 'claim-replay/replay-access-dead', configuration: 'one process, lost answers' },
  { mutant: 'claim-replay/replay-no-spare-at-stake', configuration: 'a spare of the same user and app' },
  { mutant: 'claim-replay/replay-no-sibling-at-stake', configuration: 'two grants' },
  { mutant: 'claim-replay/replay-drained', configuration: 'no rotation' },
  { mutant: 'claim-replay/replay-not-removed', configuration: 'removed and added again' },
  { mutant: 'a success counts by attempt, not by lineage', configuration: 'a silent host is given up', late: true },
  { mutant: 'an answer in doubt is ignored', configuration: 'one process, lost answers' },
  { mutant: 'an answer for any lineage is taken', configuration: 'the store goes back' },
  { mutant: 'a refusal does not kill', configuration: 'one process, lost answers' },
  { mutant: 'a refusal of a replay leaves the doubt', configuration: 'one process, lost answers' },
  { mutant: 'a doubt forgets its attempt', configuration: 'one process, lost answers' },
  { mutant: 'a doubt keeps the claim', configuration: 'one process, lost answers' },
  { mutant: 'a doubt marked by another counts as finished', configuration: 'one process, lost answers' },
  { mutant: 'a doubt marked early counts as finished', configuration: 'half answers' },
  { mutant: 'a block drops the token', configuration: 'blocked' },
  { mutant: 'the generation stays', configuration: 'one process, lost answers' },
  { mutant: 'a failed spare stays a hope', configuration: 'a machine flow that is refused' },
  { mutant: 'half an answer is unknown', configuration: 'half answers' },
  { mutant: 'half an answer without a refresh token is a success', configuration: 'half answers' },
  { mutant: 'never-left clears a doubt it is not about', configuration: 'enrolment, slow network' },
  { mutant: 'never-left of a replay forgets what it repeated', configuration: 'enrolment, slow network' },
  { mutant: 'a released claim stays', configuration: 'one process, lost answers' },
  { mutant: 'an enrolment leaves the old claim', configuration: 'enrolment' },
  { mutant: 'a removal forgets the claim', configuration: 'two grants, one removed' },
  { mutant: 'a revival starts anew', configuration: 'two grants, one removed' },
  { mutant: 'outcomes of a removed grant are dropped', configuration: 'two grants, one removed' },
  { mutant: 'a store that went back goes on', configuration: 'the store goes back' },
  {
    mutant: 'a link of the chain settles a store that went back',
    configuration: 'the store goes back over a journalled enrolment',
  },
  {
    mutant: 'generations come again after a store went back',
    configuration: 'the store goes back over a replay and an enrolment',
  },
  { mutant: 'claim/claim-live+claim/claim-not-refused', configuration: 'one process, lost answers', only: ['P5'] },
  {
    mutant: 'claim-replay/replay-lineage+claim-replay/replay-names-attempt',
    configuration: 'late answers and stale views',
    late: true,
    only: ['P6'],
  },
  {
    mutant: 'claim-replay/replay-no-mint+claim-replay/replay-no-spare-at-stake+claim-replay/replay-no-sibling-at-stake',
    configuration: 'a spare of the same user and app',
  },
  { mutant: 'claim-replay/replay-backoff', configuration: 'requests are lost' },
  { mutant: 'send/send-own-claim', configuration: 'a silent host is given up' },
  { mutant: 'doubted/doubt-proof', configuration: 'requests are lost' },
  { mutant: 'finished/finished-own-word', configuration: 'two hosts' },
  { mutant: 'mint/mint-not-removed', configuration: 'removed, enrolled' },
  { mutant: 'mint/mint-blocked', configuration: 'a machine flow that is refused' },
  { mutant: 'enrol/enrol-one', configuration: 'enrolment lost' },
  { mutant: 'code/code-announced', configuration: 'enrolment' },
  { mutant: 'revive/revive-no-replay', configuration: 'two grants, one removed' },
  { mutant: 'busy is a refusal', configuration: 'lock per app, two grants', late: true },
  { mutant: 'a refusal is not fenced by lineage', configuration: 'a silent host is given up', late: true },
  { mutant: 'a mint is taken without its claim', configuration: 'a spare of the same user and app', late: true },
  { mutant: 'a mint on its way survives a new token', configuration: 'a spare of the same user and app', late: true },
  { mutant: 'a young dead token is no strike', configuration: 'tokens that die at once' },
  { mutant: 'claim/claim-no-enrolment+send/send-no-enrolment', configuration: 'enrolment' },
  {
    mutant: 'claim-replay/replay-no-enrolment+send/send-no-enrolment',
    configuration: 'a silent host is given up, enrolment',
  },
  { mutant: 'claim-replay/replay-holder-finished+claim-replay/replay-drained', configuration: 'half answers' },
  { mutant: 'send/send-own-claim+send/send-lineage', configuration: 'a silent host is given up' },
  { mutant: 'send/send-not-removed', configuration: 'lock per app, one grant removed' },
  { mutant: 'mint/mint-one', configuration: 'a spare of the same user and app, slow' },
  { mutant: 'mint/mint-no-replay', configuration: 'a spare that failed is tried again' },
  { mutant: 'mint/mint-breaker', configuration: 'an API that refuses every token, with a spare' },
  { mutant: 'enrol/enrol-not-removed', configuration: 'removed, enrolled' },
  { mutant: 'code/code-nothing-on-the-wire', configuration: 'a silent host is given up, enrolment' },
  { mutant: 'enrolled/enrolled-announced', configuration: 'removed, enrolled' },
  { mutant: 'a late answer is ignored once the grant is dead', configuration: 'a silent host is given up', late: true },
  { mutant: 'a block forgets the doubt behind it', configuration: 'blocked' },
  { mutant: 'a replay that stays unknown costs no back-off', configuration: 'requests are lost' },
  { mutant: 'claim-replay/replay-pacing', configuration: 'lock per app, one grant removed', late: true },
  { mutant: 'code/code-no-sibling-replay', configuration: 'two grants, a dead one is enrolled', late: true },
  { mutant: 'a link of the chain needs no second look', configuration: 'the store goes back, two hosts', late: true },
  { mutant: 'mint/mint-needed', configuration: 'an independent spare, tried early, then gone' },
]

/** Clauses that nobody misses when they are dropped alone, and why they stay. */
export const redundant: Readonly<Record<string, string>> = {
  'claim/claim-not-refused':
    'half of the refusal fence: what is refused is dead (claim-live); dropped together they die',
  'claim/claim-no-enrolment':
    'half of the enrolment fence: such a claim is not sent (send-no-enrolment); together they die',
  'send/send-no-enrolment': 'the other half: an announced enrolment stops claims, and its code waits for a claim',
  'claim-replay/replay-no-enrolment':
    'half of the enrolment fence for replays, with send-no-enrolment; together they die',
  'claim-replay/replay-lineage':
    'the unresolved attempt names the lineage too (replay-names-attempt); together they die',
  'claim-replay/replay-not-refused':
    'what is refused is dead and has no doubt (replay-in-doubt, replay-holder-finished)',
  'claim-replay/replay-no-mint': 'a spare or sibling that mints is at stake already; all three dropped die',
  'claim-replay/replay-holder-finished':
    'replay-drained counts from the finish; kept for the reason it names; together they die',
  'claim-replay/replay-hosts-confirmed':
    'a doubt after going back is finished by its last host; kept for a holder that says finished early',
  'send/send-lineage': 'a lineage that moves voids the claim (send-own-claim)',
  'send/send-in-time':
    'no replay starts before the holder is finished, so a late first byte harms nobody here; bounds the bets',
  'send/send-not-refused':
    'half of the refusal fence: without a bet no second attempt can be refused while a claim stands',
  'send/send-not-restored': 'going back clears the claim (send-own-claim)',
  'doubted/doubt-attempt':
    'two attempts of one lineage are open at a time only by a bet; then the late doubt is about the wrong one',
  'doubted/doubt-lineage': 'a lineage that moves voids the claim (doubt-attempt)',
  'finished/finished-attempt': 'as doubt-attempt',
  'mint/mint-generation': 'a newer generation lives (mint-needed); the explorer mints by what it sees',
}
