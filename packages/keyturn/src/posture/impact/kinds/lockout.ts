/**
 * Fewer wrong passwords lock an account, or for longer. A program whose other half still sends an old password locks out
 * itself; what lives on a token is not concerned, and a person waits.
 */
import type { Judge } from '../judge.ts'
import { possible } from '../judge.ts'
import { loginWay } from '../../login-way.ts'
import { lower } from '../seen.ts'

export const lockout: Judge<'lockout'> = {
  needs: ['users', 'logins'],
  prepare: ({ profile }, { facts: { logins }, userOf }) => {
    const failed = new Map<string, number>()
    for (const use of logins.is === 'known' ? logins.value.uses : []) {
      const who = lower(use.user)
      if (who !== null && use.failed > 0 && ['soap', 'oauth-password', 'person'].includes(loginWay(use)))
        failed.set(who, (failed.get(who) ?? 0) + use.failed)
    }
    return (use) => {
      if (use.who === null || use.from !== 'login') return null
      if (use.kind !== 'soap' && use.kind !== 'oauth-password') return null
      const user = userOf(use.user)
      if (profile !== null && user !== undefined && user.profile !== profile) return null
      const times = failed.get(use.who) ?? 0
      return times === 0
        ? null
        : possible(
            `It logs in by a password, and ${times} logins of its user failed: enough of them in a row lock it out.`,
          )
    }
  },
}
