/** Whether somebody sits behind a user: by licence and permission for certain, by how it logs in as far as that goes. */
import type { LoginUse, UserFact } from '../../facts.ts'
import { loginWay } from '../../login-way.ts'
import type { LoginWay } from '../../login-way.ts'

export const natureOf = (
  user: { readonly license: string; readonly userType: string; readonly permissions: readonly string[] | null },
  uses: readonly LoginUse[] | null,
): UserFact['nature'] => {
  if (/integration/i.test(user.license)) return { is: 'machine', why: `its licence is ${user.license}` }
  if (/^(AutomatedProcess|CloudIntegrationUser)$/.test(user.userType))
    return { is: 'machine', why: `it is the platform’s own (${user.userType})` }
  if (user.permissions?.includes('ApiUserOnly') === true) return { is: 'machine', why: 'it is API only' }
  if (uses === null) return { is: 'unknown', why: 'its logins are not known' }
  const worked = uses.filter((use) => use.worked > 0)
  const count = (some: readonly LoginUse[]): number => some.reduce((sum, use) => sum + use.worked, 0)
  const by = (...ways: readonly LoginWay[]): number => count(worked.filter((use) => ways.includes(loginWay(use))))
  const byProgram = by('soap', 'oauth', 'oauth-password')
  const byPerson = by('person', 'sso')
  const otherwise = by('other')
  if (byPerson > 0) {
    const why = `${byPerson} logins to the user interface`
    // A person's own tools log in some times a day; an integration that borrows the account, all day long.
    return byProgram >= 100 && byProgram >= 20 * byPerson
      ? { is: 'person', why: `${why}, and ${byProgram} by programs`, programLogins: byProgram }
      : { is: 'person', why }
  }
  if (byProgram >= 5 && otherwise === 0)
    return { is: 'machine', why: `${byProgram} logins, none of them to the user interface` }
  if (otherwise > 0) return { is: 'unknown', why: `${otherwise} logins in ways that persons and programs share` }
  return { is: 'unknown', why: byProgram === 0 ? 'it did not log in' : `only ${byProgram} logins, all by programs` }
}
