/** Whether somebody sits behind a user: by licence and permission for certain, by how it logs in as far as that goes. */
import type { LoginUse, UserFact } from '../../facts.ts'

/** Logins of programs: any OAuth flow, SOAP login(), and the partner products that use it. */
const ofPrograms = /^(Remote Access|Other Apex API|Partner Product|AppExchange)/

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
  const byProgram = count(worked.filter(({ type }) => ofPrograms.test(type)))
  const byPerson = count(worked) - byProgram
  if (byPerson > 0) return { is: 'person', why: `${byPerson} logins to the user interface` }
  if (byProgram >= 5) return { is: 'machine', why: `${byProgram} logins, none of them to the user interface` }
  return { is: 'unknown', why: byProgram === 0 ? 'it did not log in' : `only ${byProgram} logins, all by programs` }
}
