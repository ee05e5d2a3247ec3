/** The step that makes the new password and stores it, before anybody else knows of it. */
import { Secret } from '@keyturn/tokens'
import { readPasswordPolicy } from '../../org/password-policy.ts'
import type { RotationStep } from '../rotator.ts'
import { newPassword, usualShape } from './new-password.ts'
import { mustFindUser, orgOf } from './subject.ts'
import type { Context } from './subject.ts'
import type { UserPasswordSettings } from './user-password-settings.ts'

/** Stores another one; only ever before it was set. `atLeast`: characters that the org just asked for. */
export const keepNewPassword = async (context: Context, atLeast = 0): Promise<void> => {
  const { length = usualShape.length, special = usualShape.special } = context.settings.password ?? {}
  const password = newPassword(context.random, { length: Math.max(length, atLeast), special })
  await context.keep({
    version: { username: context.settings.user },
    secrets: { username: new Secret(context.settings.user), password },
  })
}

export const stagePassword = <S extends UserPasswordSettings>(): RotationStep<S> => ({
  name: 'stage',
  does: 'Makes a new password and stores it, before it is set',
  reaches: 'staged',
  undo: 'nothing',
  async run(context) {
    const user = await mustFindUser(context)
    const policy = await readPasswordPolicy(orgOf(context), user.profile)
    const lockout = policy?.lockoutAttempts ?? null
    await context.keep({ data: { userId: user.id, username: user.username, ...(policy === null ? {} : { lockout }) } })
    if (!context.to.fields.includes('password')) await keepNewPassword(context as Context, policy?.minimumLength)
    const note =
      policy === null ? 'stored; the org’s policy is not to be read by this user' : `stored; policy of the ${policy.of}`
    return { is: 'done', note }
  },
})
