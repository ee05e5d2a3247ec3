/**
 * The step before an old version goes: who still uses it? Quiet for the policy's time: it goes. Where use can't be seen,
 * the time alone decides and the report says so: absence of evidence is never “quiet”. Too many logins that fail for the
 * credential: the run rolls back, where that exists. A person may end it at any time: a secret that leaked can't wait.
 */
import type { Json } from '@keyturn/tokens'
import { drainOf } from '../common-settings.ts'
import type { PersonTask } from '../credential.ts'
import type { OldUse, RotationStep, StepContext, StepOutcome } from '../rotator.ts'
import { cannotGoBack } from './distribute.ts'
import { saidYes } from './said-yes.ts'

/** How often it is looked, ms: a tenth of the quiet time, and not less than a minute or more than an hour. */
const pace = (quiet: number): number => Math.min(3_600_000, Math.max(60_000, quiet / 10))

/** Fewer calls have no rate: one that fails would be more than the usual 5 % of them. */
const fewest = 20

const decision: Omit<PersonTask, 'what'> = {
  clicks: ['Move them to the new version, then resume', 'Or end the old version now: resume with --decide retire'],
  asks: [{ name: 'retire', label: 'End the old version now? yes or no', secret: false }],
}

const names = (use: OldUse): string =>
  use.observable ? use.users.map(({ name, how }) => `${name} (${how})`).join(', ') : ''

export const drain = <S>(oldUse: (context: StepContext<S>) => Promise<OldUse>): RotationStep<S> => ({
  name: 'drain',
  does: 'Waits until nobody uses the old version any more',
  reaches: 'draining',
  undo: 'nothing',
  async run(context): Promise<StepOutcome> {
    const { quiet, atMost, failureRate, whenStillUsed } = drainOf(context.common)
    const now = context.clock.wall()
    const use = await oldUse(context)
    if (saidYes(context, 'retire')) {
      const by = use.observable ? `still used by ${names(use) || 'nobody who was seen'}` : `not observable (${use.why})`
      return { is: 'done', note: `a person decided to end it; ${by}`, facts: { observable: use.observable } }
    }
    if (!use.observable) {
      const until = context.since + quiet
      if (now < until)
        return { is: 'later', after: until - now, why: `use of the old version is not observable: ${use.why}` }
      return {
        is: 'done',
        note: `not observable (${use.why}); ended by time and by the destinations’ confirmation`,
        facts: { observable: false },
      }
    }
    const { calls } = use
    const all = calls === undefined ? 0 : calls.worked + calls.failed
    if (calls !== undefined && all >= fewest && calls.failed / all > failureRate) {
      const text = `${calls.failed} of ${all} logins since the cut-over failed for the credential: ${names(use)}`
      const stuck = cannotGoBack(context)
      const next = 'Give them the new value, then start again.'
      if (stuck.length === 0) return { is: 'failed', problem: { code: 'TOO_MANY_FAILURES', text, next } }
      // Whoever reads there has the new value and no other: to take it back would stop those that work, too.
      const what = `${text}; not taken back, for nobody has the old value of ${stuck.join(', ')}`
      return { is: 'person', task: { ...decision, what }, recheck: pace(quiet) }
    }
    const last = Math.max(context.since, ...use.users.map(({ lastAt }) => lastAt ?? now))
    const facts: Record<string, Json> = {
      observable: true,
      stillUsing: use.users.map(({ name }) => name),
      ...(use.blindTo === undefined ? {} : { blindTo: use.blindTo }),
    }
    await context.keep({ data: { drain: { at: now, ...facts } } })
    if (now - last >= quiet) {
      const known = use.users.length === 0 ? 'nobody was seen using it' : `last used by ${names(use)}`
      return { is: 'done', note: `quiet for ${Math.round((now - last) / 3_600_000)} h; ${known}`, facts }
    }
    if (now - context.since >= atMost) {
      if (whenStillUsed === 'retire') return { is: 'done', note: `ended by time; still used by ${names(use)}`, facts }
      return {
        is: 'person',
        task: { ...decision, what: `The old version is still used by ${names(use)}` },
      }
    }
    const until = Math.min(last + quiet, context.since + atMost)
    const why = use.users.length === 0 ? 'waiting for quiet' : `still used by ${names(use)}`
    return { is: 'later', after: Math.max(1_000, Math.min(until - now, pace(quiet))), why }
  },
})
