/** What must be so before a password is changed: who may, whether the user can sign in, the policies, the way in. */
import { KeyturnError } from '@keyturn/tokens'
import { passwordFlowState, soapLoginState } from '../../org/login-ways.ts'
import { hasPermission, findUser, userLock } from '../../org/org-user.ts'
import type { OrgUser } from '../../org/org-user.ts'
import { readPasswordPolicy } from '../../org/password-policy.ts'
import { tryLogin } from '../../org/password-login.ts'
import { isPasswordExpired } from '../../org/user-password.ts'
import type { Problem } from '../credential.ts'
import { noWayIn, problem } from './problem.ts'
import { instanceUrlOf, loginUrlOf, orgOf, wayIn } from './subject.ts'
import type { Before } from './subject.ts'

const day = 86_400_000
const howTo = 'docs/how-to/rotate-a-security-token.md'

/** The user, or why there is nothing to do for it. */
export const lookedAtUser = async (
  context: Before,
): Promise<{ readonly user: OrgUser | null; readonly problems: readonly Problem[] }> => {
  const org = orgOf(context)
  const { settings } = context
  let me: string
  try {
    me = (await org.whoAmI()).username
  } catch (error) {
    if (!(error instanceof KeyturnError)) throw error
    const found = problem(error.code, `The grant ${settings.org} can’t reach its org: ${error.message}`, error.fix)
    return { user: null, problems: [found] }
  }
  const user = await findUser(org, settings.user)
  if (user === null) {
    const text = `The org knows no user ${settings.user}`
    return { user, problems: [problem('USER_NOT_FOUND', text, 'Name it as Setup → Users shows it.')] }
  }
  const problems: Problem[] = []
  if (!user.active)
    problems.push(problem('USER_INACTIVE', `${settings.user} is not active`, 'Activate it, or retire this credential.'))
  if ((await userLock(org, user.id))?.frozen === true)
    problems.push(
      problem('USER_FROZEN', `${settings.user} is frozen`, 'Find out why before unfreezing it in Setup → Users.'),
    )
  problems.push(...(await mayChange(context, user, me)))
  return { user, problems }
}

const mayChange = async (context: Before, user: OrgUser, me: string): Promise<readonly Problem[]> => {
  const { settings, from } = context
  const org = orgOf(context)
  const policy = await readPasswordPolicy(org, user.profile)
  const problems: Problem[] = []
  const self = me.toLowerCase() === user.username.toLowerCase()
  if (settings.how === 'own') {
    if (!self) {
      const text = `how: own needs a grant of ${settings.user}; ${settings.org} is ${me}`
      problems.push(problem('OTHER_USER', text, 'Name a grant of that user as `org`, or use `how: reset`.'))
    }
    if (from === null || !from.fields.includes('password')) {
      const next = `\`keyturn credentials adopt ${context.name}\` keeps the present value.`
      problems.push(problem('NOT_ADOPTED', 'how: own needs the present password', next))
    }
  } else {
    if (self && policy?.selfByApi === false) {
      const text = 'The org doesn’t let a user set its own password over the API'
      problems.push(problem('SELF_RESET_OFF', text, 'Use `how: own`, or a grant of an administrator.'))
    }
    problems.push(...(await mayReset(context, user)))
  }
  const changed = user.passwordChangedAt
  if (policy?.minimumLifetime === true && changed !== null && context.clock.wall() < changed + day) {
    const text = 'The org wants a day between two changes of a password'
    problems.push(problem('PASSWORD_TOO_YOUNG', text, `Try again after ${new Date(changed + day).toISOString()}.`))
  }
  return problems
}

const mayReset = async (context: Before, user: OrgUser): Promise<readonly Problem[]> => {
  try {
    await isPasswordExpired(orgOf(context), user.id)
    return []
  } catch (error) {
    if (!(error instanceof KeyturnError) || error.code !== 'ORG_REFUSED') throw error
    const text = `The user of ${context.settings.org} may not set the password of ${user.username}: ${error.message}`
    return [problem('NOT_PERMITTED', text, `Give it “Manage Users” or “Reset User Passwords…” (${howTo}).`)]
  }
}

/** Whether the login that proves the new value, and that consumers use, is open. */
export const lookedAtWayIn = async (context: Before, user: OrgUser): Promise<readonly Problem[]> => {
  const { settings, ports } = context
  const org = orgOf(context)
  const flow = await passwordFlowState(org)
  if (settings.signIn?.by === 'password-flow') return flow.is === 'closed' ? [noWayIn(flow.why)] : []
  const soap = await soapLoginState(ports.network, await instanceUrlOf(context))
  if (soap.is === 'unknown')
    return [problem('ORG_UNAVAILABLE', `SOAP login() doesn’t answer: ${soap.why}`, 'Try again later.')]
  if (soap.is === 'open') return permitted(context, user)
  if (flow.is === 'closed') return [noWayIn(`${soap.why}; ${flow.why}`)]
  const next =
    'If consumers use the OAuth username-password flow, say `signIn: {by: password-flow, clientId: …}`; else move to OAuth.'
  return [problem('SOAP_LOGIN_CLOSED', `SOAP login() is closed: ${soap.why}`, next)]
}

/** New orgs let in by SOAP only who has “Use Any API Auth”, and no setting says so: one login with what is in use does. */
const permitted = async (context: Before, user: OrgUser): Promise<readonly Problem[]> => {
  const { from } = context
  const password = from === null ? null : await context.secret(from, 'password')
  // One try, and none for a user who is near its lockout.
  if (from === null || password === null || user.failedLogins > 1) return []
  if ((await hasPermission(orgOf(context), user.id, 'UseAnyApiAuth')) !== false) return []
  const securityToken = await context.secret(from, 'securityToken')
  const login = { loginUrl: await loginUrlOf(context), username: user.username, password, securityToken }
  const tried = await tryLogin(context.ports.network, await wayIn(context), login)
  if (tried.is !== 'refused') return []
  const text = `SOAP login() refuses ${user.username} with the value in use: it is another one, or the org wants “Use Any API Auth”`
  const next = `Adopt the value that works (\`keyturn credentials adopt ${context.name}\`), or give the user “Use Any API Auth”.`
  return [problem('PRESENT_VALUE_REFUSED', text, next)]
}
