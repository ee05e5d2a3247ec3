/**
 * What a grant died of. The wire does not say: a token that was rotated by somebody else, revoked, expired, pushed out by
 * a sixth approval or replayed by ourselves gets one and the same refusal. The ledger knows what was sent from here, and
 * an org that can be asked knows the rest. Rules in order, the surest first; the first that holds decides. Pure.
 */
import { ownCause } from './own-causes.ts'
import type { DeathFacts } from './death-facts.ts'
import { readLogins } from './foreign-logins.ts'
import { orgCause } from './org-causes.ts'
import { namedCause } from './refusal-causes.ts'
import { somebodyElse } from './somebody-else.ts'
import { tokenStory } from './token-story.ts'
import type { DeathVerdict } from './verdict.ts'
import { connectAgain } from './wording.ts'

export type { DeathVerdict } from './verdict.ts'

const undetermined = (
  cause: string,
  text: string,
  next: string,
  certainty: DeathVerdict['certainty'],
): DeathVerdict => ({
  verdict: 'undetermined',
  cause,
  text,
  certainty,
  evidence: [],
  next,
})

export const judgeDeath = (facts: DeathFacts): DeathVerdict => {
  const { status, why, hasRefreshToken } = facts
  if (status === 'live') return undetermined('alive', 'This grant is alive.', 'Nothing.', 'certain')
  if (status === 'in-doubt')
    return undetermined(
      'in-doubt',
      'This grant is not dead: the outcome of one of its exchanges is unknown, and Keyturn is still finding out.',
      'Wait, or authorise again with `keyturn connect NAME`.',
      'certain',
    )
  const story = tokenStory(facts)
  const { refusal } = story
  const named = why === null ? null : namedCause(why.code, why.text)
  if (named !== null) {
    const entry = facts.story.findLast(({ kind }) => kind === 'blocked' || kind === 'mint-failed') ?? refusal
    return {
      verdict: 'known-cause',
      cause: named.cause,
      text: named.text,
      certainty: 'certain',
      evidence:
        entry === null
          ? []
          : [
              {
                at: entry.at,
                text: `Salesforce refused: ${String(entry.data['text'] ?? why?.text ?? '')}`,
                entry: entry.seq,
              },
            ],
      next: named.next,
    }
  }
  if (!hasRefreshToken || status === 'blocked')
    return undetermined(
      why?.code ?? 'blocked',
      `Salesforce refused the sign-in: ${why?.text ?? 'no reason is known'}. No refresh token was lost.`,
      '`keyturn explain` knows many refusals; then `keyturn grants retry NAME`.',
      'possible',
    )
  const logins = readLogins(facts, story)
  const scene = { facts, story, logins }
  return (
    ownCause.seen(scene) ??
    somebodyElse.seen(scene) ??
    ownCause.likely(scene) ??
    orgCause.recorded(scene) ??
    orgCause.elapsed(scene) ??
    ownCause.shared(scene) ??
    somebodyElse.tried(scene) ??
    ownCause.possible(scene) ??
    orgCause.revoked(scene) ??
    somebodyElse.perhaps(scene) ??
    somebodyElse.byExclusion(scene) ??
    undetermined(
      'not-seen',
      'Too little is known: the ledger holds no exchange of this token.',
      connectAgain,
      'possible',
    )
  )
}
