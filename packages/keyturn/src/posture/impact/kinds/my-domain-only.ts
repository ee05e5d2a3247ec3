/** Logins at login.salesforce.com end; only the company’s own host is left. */
import type { Judge } from '../judge.ts'
import { certain, possible } from '../judge.ts'

/** The hosts that everybody shares. */
const isShared = (host: string): boolean => /^(https?:\/\/)?(login|test)\.salesforce\.com(\/|$)/iu.test(host)

export const myDomainOnly: Judge<'my-domain-only'> = {
  needs: ['logins'],
  prepare:
    ({ whom }) =>
    (use) => {
      // The switch for programs is about logins with a password: OAuth goes on at either host.
      const meant = whom === 'people' ? use.kind === 'person' : use.kind === 'soap' || use.kind === 'oauth-password'
      if (!meant) return null
      if (use.host === null) return possible('At which host it logs in was not seen.')
      return isShared(use.host) ? certain(`It logs in at ${use.host}.`) : null
    },
}
