/** How old the passwords are. */
import { apart, given, right, wrong } from '../looks.ts'
import { numberIn } from '../parameters.ts'
import { isInternal, userControl } from '../user-control.ts'

const day = 86_400_000

export const control = userControl({
  id: 'user-password-age',
  title: 'Passwords were changed within the year',
  severity: 'low',
  why: 'A policy says when passwords should end; what is exempt or was set before it shows only here.',
  remedy: 'Reset the password, or rotate it on a schedule (`keyturn schedule`).',
  effort: 'hours',
  catalogues: {},
  profiles: { baseline: { days: 365 }, strict: { days: 90 } },
  who: 'active',
  wrong: 'the password is older than it should be',
  look: (user, { parameters, takenAt }) => {
    if (!isInternal(user)) return apart
    return given(user.passwordChanged, (changed) => {
      // It logs in by other ways, and has no password that could be old.
      if (changed === null) return apart
      const age = Math.floor((takenAt - changed) / day)
      return age <= numberIn(parameters, 'days', 365) ? right : wrong(`The password is ${age} days old.`, { age })
    })
  },
})
