/**
 * The step that sets the password: once. Of a request whose answer was lost it is found out whether it had its effect,
 * by the user’s record and by a login, before anything is sent again; and what is sent again is the same password.
 *
 * There is no way back: Salesforce takes no former password, and the security token has ended with the old one.
 */
import { KeyturnError } from '@keyturn/tokens'
import { passwordChangedAt } from '../../org/org-user.ts'
import { changeOwnPassword, setPassword } from '../../org/user-password.ts'
import type { PasswordSet } from '../../org/user-password.ts'
import type { RotationStep, StepOutcome } from '../rotator.ts'
import { problem } from './problem.ts'
import { keepNewPassword } from './stage-password.ts'
import { attempt, orgOf, userIdOf } from './subject.ts'
import type { Context } from './subject.ts'
import type { UserPasswordSettings } from './user-password-settings.ts'

/** A request that got no answer may still be on its way for so long. */
const straggler = 120_000
const day = 86_400_000

const exposed = 'from the password’s change until consumers have the new value: what they hold is refused'

const send = async (context: Context): Promise<PasswordSet> => {
  const password = await context.secret(context.to, 'password')
  if (password === null) throw new KeyturnError('DEFECT', 'the new password is not in the store')
  const { settings, keyturn, ports, from } = context
  if (settings.how !== 'own') return setPassword(orgOf(context), await userIdOf(context), password)
  const old = from === null ? null : await context.secret(from, 'password')
  if (old === null)
    return { is: 'refused', code: 'INVALID_OLD_PASSWORD', why: 'Keyturn does not hold the present password' }
  const place = { keyturn, network: ports.network, grant: settings.org }
  return changeOwnPassword(place, { oldPassword: old, newPassword: password })
}

/** Since when the present password is in use, other than before we sent ours. */
const changedSince = async (context: Context): Promise<boolean> => {
  const at = await passwordChangedAt(orgOf(context), await userIdOf(context))
  return at !== null && at !== context.data['changedBefore']
}

const wasTaken = async (context: Context): Promise<boolean> => {
  if (await changedSince(context)) return true
  const password = await context.secret(context.to, 'password')
  if (password === null) return false
  // Two changes within one second show one time: a login tells them apart.
  const tried = await attempt(context, { password })
  if (tried.is === 'unclear') throw new KeyturnError('ORG_UNAVAILABLE', `The login says nothing now: ${tried.why}`)
  return tried.is === 'in' || tried.is === 'expired' || tried.is === 'token-wanted'
}

const taken = async (context: Context, how: string): Promise<StepOutcome> => {
  await context.keep({ data: { taken: true }, active: true })
  return { is: 'done', note: `${how}; from here on there is no way back` }
}

/** Certainly nothing was changed: wait, another password, or a person. */
const refused = async (context: Context, why: string, code: string): Promise<StepOutcome> => {
  await context.keep({ data: { sentAt: null, refused: why }, exposed: null })
  const { changedBefore } = context.data
  if (/24.?hour|more than once/i.test(why) && typeof changedBefore === 'number') {
    const left = changedBefore + day + 60_000 - context.clock.wall()
    if (left > 0) return { is: 'later', after: left, why: `the org wants a day between two changes (${why})` }
  }
  const next =
    code === 'INVALID_OLD_PASSWORD'
      ? 'Nothing was changed: the old value works on. Adopt the present password (`keyturn credentials adopt`), or use `how: reset`.'
      : 'Nothing was changed: the old value works on. Adapt `password:` in keyturn.yaml to the org’s policy, then resume.'
  const text = `The org refuses the new password: ${why}`
  return { is: 'halt', problem: problem('PASSWORD_REFUSED', text, next), unchanged: true }
}

const lengthWanted = (why: string): number => Number(/at least (\d+) characters/i.exec(why)?.[1] ?? 0)

const once = async (context: Context): Promise<StepOutcome> => {
  const sentAt = context.clock.wall()
  // Before the request: whoever finds this knows that it may have been sent.
  await context.keep({ data: { sentAt, firstSentAt: context.data['firstSentAt'] ?? sentAt }, exposed })
  const outcome = await send(context).catch(async (error: unknown) => {
    // The org said no: nothing is exposed, and nothing is in doubt.
    if (error instanceof KeyturnError && error.code === 'ORG_REFUSED')
      await context.keep({ data: { sentAt: null }, exposed: null })
    throw error
  })
  if (outcome.is === 'set') return taken(context, 'the org has the new password')
  // Delivered twice, the second one is refused because of the first.
  if (await changedSince(context)) return taken(context, 'the org has the new password, by its own record')
  const wanted = lengthWanted(outcome.why)
  if (wanted > 0 && context.data['lengthened'] !== wanted) {
    await context.keep({ data: { sentAt: null, lengthened: wanted }, exposed: null })
    await keepNewPassword(context, wanted)
    return once(context)
  }
  return refused(context, outcome.why, outcome.code)
}

const run = async (context: Context): Promise<StepOutcome> => {
  const { data } = context
  if (data['taken'] === true) return { is: 'done', note: 'the org has the new password' }
  if (typeof data['sentAt'] === 'number') {
    if (await wasTaken(context)) return taken(context, 'the org has the new password, found after a lost answer')
    const left = data['sentAt'] + straggler - context.clock.wall()
    if (left > 0) return { is: 'later', after: left, why: 'a request without an answer may still arrive' }
  } else {
    const before = await passwordChangedAt(orgOf(context), await userIdOf(context))
    await context.keep({ data: { changedBefore: before } })
    // Refused before, and a person said go on: the settings may be others now.
    if (data['refused'] !== undefined) await keepNewPassword(context, Number(data['lengthened'] ?? 0))
  }
  return once(context)
}

export const setPasswordStep = <S extends UserPasswordSettings>(): RotationStep<S> => ({
  name: 'set',
  does: 'Sets the password, once; the old one and its security token end here',
  reaches: null,
  undo: 'impossible',
  run: (context) => run(context as Context),
})
