/** Refresh tokens end when they were unused, or have been alive, for too long: those that are over the limit end at once. */
import type { Judge, Verdict } from '../judge.ts'
import { certain, matched, possible, unseen } from '../judge.ts'
import type { Use } from '../use.ts'

const day = 86_400_000

const dateOf = (at: number): string => new Date(at).toISOString().slice(0, 10)

const judgeToken = (
  { created, last, uses }: Use,
  takenAt: number,
  idleDays: number | null,
  lifetimeDays: number | null,
): Verdict => {
  const made = created ?? 0
  const used = Math.max(made, last ?? 0)
  if (idleDays !== null && (takenAt - used) / day > idleDays)
    return certain(`Its token was not used for more than ${idleDays} days, and would end.`)
  if (lifetimeDays !== null && (takenAt - made) / day > lifetimeDays)
    return certain(`Its token is of ${dateOf(made)} and would end: ${lifetimeDays} days are the limit.`)
  const rhythm = uses > 0 ? (used - made) / day / uses : 0
  if (idleDays !== null && rhythm > idleDays)
    return possible(
      `Its token was used every ${Math.round(rhythm)} days on average; ${idleDays} days without use end it.`,
    )
  // An average hides the quarter in which nobody came.
  if (lifetimeDays === null)
    return idleDays === null || (takenAt - made) / day <= idleDays
      ? null
      : unseen(`whether their token ever rests for ${idleDays} days between two uses, as that of a quarter’s job does`)
  return possible(`Its token ends on ${dateOf(made + lifetimeDays * day)}, and somebody has to authorise it again.`)
}

export const tokenLifetime: Judge<'token-lifetime'> = {
  needs: ['apps', 'tokens'],
  prepare: ({ app, idleDays, lifetimeDays }, seen) => {
    const match = seen.apps.of(app)
    const { takenAt } = seen.evidence
    return (use) =>
      use.from !== 'token' ? null : matched(match(use), judgeToken(use, takenAt, idleDays, lifetimeDays))
  },
}
