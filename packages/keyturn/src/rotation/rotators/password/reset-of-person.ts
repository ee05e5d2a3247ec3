/**
 * The password of a person is never made or known by Keyturn: after approval the org ends the old one and mails a link,
 * once, and the run ends when the person has chosen a new one.
 */
import { isPasswordExpired, resetPassword } from '../../../org/user-password.ts'
import { passwordChangedAt } from '../../../org/org-user.ts'
import { problem } from '../../user-password/problem.ts'
import { saidYes } from '../../steps/said-yes.ts'
import { orgOf, userIdOf } from '../../user-password/subject.ts'
import type { StepContext, StepOutcome } from '../../rotator.ts'
import type { PasswordSettings } from './settings.ts'

type Context = StepContext<PasswordSettings>

const straggler = 120_000
const linkLives = 24 * 3_600_000
const hour = 3_600_000

const exposed = 'from the reset until the person has chosen a password: none lets them in'

export const isPerson = ({ settings }: Pick<Context, 'settings'>): boolean => settings.of === 'person'

export const approval = (context: Context): StepOutcome => {
  const { settings } = context
  if (!isPerson(context)) return { is: 'done', note: 'a machine: no approval needed' }
  if (saidYes(context, 'reset')) return { is: 'done', note: 'approved by a person' }
  return {
    is: 'person',
    task: {
      what: `Reset the password of ${settings.user}? The present one ends at once; Salesforce mails a link`,
      clicks: ['Tell the person first', 'Resume with --decide reset, or cancel the run: then nothing happens'],
      asks: [{ name: 'reset', label: 'Type reset to do it; leave empty to decide later', secret: false }],
    },
  }
}

/** Whether our request had its effect: the org dates a reset like a change. */
const happened = async (context: Context): Promise<boolean> => {
  const at = await passwordChangedAt(orgOf(context), await userIdOf(context))
  return at !== null && at !== context.data['changedBefore']
}

export const reset = async (context: Context): Promise<StepOutcome> => {
  const { data, clock } = context
  const org = orgOf(context)
  const userId = await userIdOf(context)
  const done = async (note: string): Promise<StepOutcome> => {
    const resetShows = await passwordChangedAt(org, userId)
    await context.keep({ data: { taken: true, resetShows } })
    return { is: 'done', note }
  }
  if (data['taken'] === true) return { is: 'done', note: 'a link was mailed' }
  if (typeof data['sentAt'] === 'number') {
    if (await happened(context)) return done('a link was mailed, found after a lost answer')
    const left = data['sentAt'] + straggler - clock.wall()
    if (left > 0) return { is: 'later', after: left, why: 'a request without an answer may still arrive' }
  } else await context.keep({ data: { changedBefore: await passwordChangedAt(org, userId) } })
  const sentAt = clock.wall()
  await context.keep({ data: { sentAt, firstSentAt: data['firstSentAt'] ?? sentAt }, exposed })
  const outcome = await resetPassword(org, userId)
  if (outcome.is === 'set' || (await happened(context))) return done('the org mailed the person a link')
  await context.keep({ data: { sentAt: null }, exposed: null })
  const text = `The org does not reset the password: ${outcome.why}`
  return {
    is: 'halt',
    problem: problem('PASSWORD_REFUSED', text, 'Nothing was changed. Look at the policy, then resume.'),
  }
}

export const chosen = async (context: Context): Promise<StepOutcome> => {
  const org = orgOf(context)
  const userId = await userIdOf(context)
  const at = await passwordChangedAt(org, userId)
  if (at !== null && at !== context.data['resetShows'] && !(await isPasswordExpired(org, userId))) {
    await context.keep({ active: true, exposed: null })
    return { is: 'done', note: 'the person has chosen a new password' }
  }
  const patience = context.settings.linkPatience ?? linkLives
  const age = context.clock.wall() - Number(context.data['firstSentAt'] ?? context.since)
  if (age < patience)
    return { is: 'later', after: Math.min(hour, patience - age), why: 'the person has not used the link yet' }
  return {
    is: 'person',
    task: {
      what: `${context.settings.user} has not chosen a password yet; the link of the mail ends after 24 hours`,
      clicks: [
        'Ask the person; if the link is over: “Forgot Your Password?” on the login page sends another one',
        'Resume this run when it is done',
      ],
      asks: [],
    },
    recheck: hour,
  }
}
