/** The port of a kind of restriction: what it does to one use. One file each in `kinds/`. */
import type { Facts } from '../facts.ts'
import type { Match } from './app-match.ts'
import type { Restriction } from './restriction.ts'
import type { Seen } from './seen.ts'
import type { Use } from './use.ts'

export type Verdict =
  /** It ends. */
  | { readonly is: 'certain'; readonly why: string }
  /** It may end, and nobody can tell from what was seen. */
  | { readonly is: 'possible'; readonly why: string }
  /** What would decide was not seen of it: said in one sentence for all of the same `why`. */
  | { readonly is: 'unseen'; readonly why: string }
  /** Of a broker's caller: what happens to the logins and tokens of its user and app happens to it. */
  | { readonly is: 'as-its-user' }
  | null

export interface Judge<K extends Restriction['is']> {
  /** Families without which the list may be longer. */
  readonly needs: readonly (keyof Facts)[]
  prepare(restriction: Extract<Restriction, { readonly is: K }>, seen: Seen): (use: Use) => Verdict
}

export const certain = (why: string): Verdict => ({ is: 'certain', why })
export const possible = (why: string): Verdict => ({ is: 'possible', why })
export const unseen = (why: string): Verdict => ({ is: 'unseen', why })
export const asItsUser: Verdict = { is: 'as-its-user' }

/** As sure as it is that the use is of the app at all. */
export const matched = (match: Match, verdict: Verdict): Verdict => {
  if (match === 'no' || verdict === null) return null
  if (match === 'yes' || verdict.is !== 'certain') return verdict
  return possible(`${verdict.why} Whether it is this app can’t be told by its name.`)
}
