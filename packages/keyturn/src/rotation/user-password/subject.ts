/** Whose password a run is about, and how it is reached. */
import { KeyturnError } from '@keyturn/tokens'
import type { Secret } from '@keyturn/tokens'
import { checkLoginUrl } from '@keyturn/tokens/maintenance'
import type { OrgConnection } from '../../org/connection.ts'
import { findUser } from '../../org/org-user.ts'
import type { OrgUser } from '../../org/org-user.ts'
import { tryLogin } from '../../org/password-login.ts'
import type { LoginTried, Via } from '../../org/password-login.ts'
import type { StepContext } from '../rotator.ts'
import type { UserPasswordSettings } from './user-password-settings.ts'

export type Before<S extends UserPasswordSettings = UserPasswordSettings> = Omit<StepContext<S>, 'to'>
export type Context<S extends UserPasswordSettings = UserPasswordSettings> = StepContext<S>

export const orgOf = ({ ports, settings }: Pick<Before, 'ports' | 'settings'>): OrgConnection => ports.org(settings.org)

export const mustFindUser = async (context: Pick<Before, 'ports' | 'settings'>): Promise<OrgUser> => {
  const user = await findUser(orgOf(context), context.settings.user)
  if (user !== null) return user
  throw new KeyturnError('CONFIG_INVALID', `The org knows no user ${context.settings.user}`, {
    fix: 'Name it as `user` the way Setup → Users shows it.',
  })
}

/** As it was when the password was made: looked up once in a run. */
export const userIdOf = async (context: Context): Promise<string> => {
  const { userId } = context.data
  if (typeof userId === 'string') return userId
  const { id } = await mustFindUser(context)
  await context.keep({ data: { userId: id } })
  return id
}

/** The org’s own address. */
export const instanceUrlOf = async ({ keyturn, settings }: Pick<Before, 'keyturn' | 'settings'>): Promise<string> =>
  (await keyturn.token(settings.org)).instanceUrl

/** Where passwords are sent: the org itself, or a host of Salesforce’s that keyturn.yaml names. */
export const loginUrlOf = async (context: Pick<Before, 'keyturn' | 'settings'>): Promise<string> =>
  context.settings.loginUrl === undefined ? instanceUrlOf(context) : checkLoginUrl(context.settings.loginUrl)

export const wayIn = async ({ settings, ports }: Pick<Before, 'settings' | 'ports'>): Promise<Via> => {
  const { by = 'soap', clientId, clientSecret } = settings.signIn ?? {}
  if (by === 'soap' || clientId === undefined) return { by: 'soap' }
  const secret = clientSecret === undefined ? null : await ports.resolve(clientSecret)
  return { by: 'password-flow', clientId, clientSecret: secret }
}

/**
 * One login, written down before it is tried: wrong ones count towards a lockout, whoever tried them, and in Login
 * History ours must not be taken for a consumer’s.
 */
export const attempt = async (
  context: Context,
  { password, securityToken = null }: { readonly password: Secret; readonly securityToken?: Secret | null },
): Promise<LoginTried> => {
  const [via, loginUrl] = [await wayIn(context), await loginUrlOf(context)]
  const tries = Array.isArray(context.data['tries']) ? context.data['tries'] : []
  const began = context.clock.wall()
  await context.keep({ data: { tries: [...tries, { from: began, to: began + 30_000 }] } })
  const login = { loginUrl, username: context.settings.user, password, securityToken }
  const tried = await tryLogin(context.ports.network, via, login)
  await context.keep({ data: { tries: [...tries, { from: began, to: context.clock.wall() }] } })
  return tried
}

/** Salesforce shows no password to anybody, so there is nothing to read it from. */
export const notReadable = async (): Promise<never> => {
  throw new KeyturnError('BAD_ARGUMENT', 'Salesforce shows no password and no security token', {
    fix: 'Say where they are: --field password=env:SF_PASSWORD --field securityToken=env:SF_SECURITY_TOKEN.',
  })
}
