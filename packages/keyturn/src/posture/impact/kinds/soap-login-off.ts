/** SOAP login() is refused: whatever logs in by user name and password over SOAP stops. */
import type { Judge } from '../judge.ts'
import { certain } from '../judge.ts'
import { lower } from '../seen.ts'

export const soapLoginOff: Judge<'soap-login-off'> = {
  needs: ['logins'],
  prepare: ({ users }) => {
    const asked = users === null ? null : new Set(users.map(lower))
    return (use) =>
      use.kind === 'soap' && (asked === null || asked.has(use.who)) ? certain('It logs in by SOAP login().') : null
  },
}
