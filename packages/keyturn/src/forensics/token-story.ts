/** The life of the refresh token that died, read off the ledger: where it came from, who sent it, how it ended. Pure. */
import type { DeathFacts, Entry } from './death-facts.ts'

export interface TokenStory {
  /** When this very token came to this store: bought, enrolled or handed over. */
  readonly birth: Entry | null
  /** Somebody bought a token with this grant here: it worked once. */
  readonly worked: boolean
  /** How the approval came here. */
  readonly approved: Entry | null
  /** Attempts to send it whose outcome stayed unknown. */
  readonly doubts: readonly Entry[]
  /** The store was found to be an older copy of itself. */
  readonly restored: readonly Entry[]
  readonly replays: readonly Entry[]
  readonly refusal: Entry | null
  /** When this token was last known to be good. */
  readonly lastGood: number
  readonly diedAt: number
  /** How the last access token was found dead; null: it was not. */
  readonly accessDeath: Entry | null
}

const lineageIs =
  (lineage: string | null) =>
  ({ data }: Entry): boolean =>
    lineage !== null && data['lineage'] === lineage

export const tokenStory = ({ story, lineage, why }: DeathFacts): TokenStory => {
  const mine = lineageIs(lineage)
  const approved = story.findLast(({ kind }) => kind === 'added' || kind === 'enrolled' || kind === 'revived') ?? null
  const exchanges = story.filter(({ kind }) => kind === 'exchanged')
  const refusal = story.findLast((entry) => entry.kind === 'refused' && mine(entry)) ?? null
  const birth =
    story.find((entry) => ['exchanged', 'enrolled', 'added'].includes(entry.kind) && mine(entry)) ?? approved
  // Without rotation one token is exchanged again and again.
  const lastGood = exchanges.findLast(mine)?.at ?? birth?.at ?? 0
  const since = birth?.seq ?? 0
  return {
    birth,
    approved,
    worked: exchanges.length > 0 || approved?.kind === 'enrolled',
    doubts: story.filter((entry) => entry.kind === 'in-doubt' && mine(entry)),
    restored: story.filter((entry) => entry.kind === 'restored' && entry.seq >= since),
    replays: story.filter((entry) => entry.kind === 'replay-claimed' && mine(entry)),
    refusal,
    lastGood,
    diedAt: refusal?.at ?? why?.at ?? lastGood,
    accessDeath: story.findLast(({ kind, seq }) => kind === 'rejected' && seq > since) ?? null,
  }
}
