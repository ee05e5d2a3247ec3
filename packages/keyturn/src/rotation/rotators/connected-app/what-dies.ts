/** What a new consumer pair ends: every access and refresh token of the app, of this store's grants and of all others. */
import { KeyturnError } from '@keyturn/tokens'
import type { GrantView } from '@keyturn/tokens'
import { appCertificate } from '../../../org/app-certificate.ts'
import type { StepContext } from '../../rotator.ts'
import { openKey } from './brought.ts'
import type { ConnectedAppSettings } from './settings.ts'

type Before = Omit<StepContext<ConnectedAppSettings>, 'to'>

const literal = (text: string): string => `'${text.replace(/[\\']/g, '\\$&')}'`

export const labelOf = ({ app, label }: ConnectedAppSettings): string => label ?? app

/** The key in use: as it was kept or adopted, as keyturn.yaml or the org says it. Null: nobody knows. */
export const keyInUse = async ({ from, secret, settings, ports }: Before): Promise<string | null> => {
  const kept = from === null ? null : openKey(await secret(from, 'consumerKey'))
  if (kept !== null || settings.consumerKey !== undefined) return kept ?? settings.consumerKey ?? null
  try {
    return (await appCertificate(ports.org(settings.org), settings.app)).consumerKey
  } catch (error) {
    if (error instanceof KeyturnError && error.retry === 'never') return null
    throw error
  }
}

export const ownGrants = async (
  { keyturn, settings }: Pick<Before, 'keyturn' | 'settings'>,
  keys: readonly (string | null)[],
): Promise<readonly GrantView[]> => {
  const all = await keyturn.grants.list()
  return settings.grants === undefined
    ? all.filter(({ clientId, former }) => keys.includes(clientId) || keys.includes(former?.clientId ?? null))
    : all.filter(({ name }) => settings.grants?.includes(name))
}

/** Rows that `OauthToken` gives at most (Object Reference). */
const most = 2_500

/** One sentence: how many tokens of how many users, as far as this user may see. */
export const tokensThatDie = async (context: Before): Promise<string> => {
  const { ports, settings } = context
  const org = ports.org(settings.org)
  try {
    const [{ userId }, found] = await Promise.all([
      org.whoAmI(),
      org.query(`SELECT UserId FROM OauthToken WHERE AppName = ${literal(labelOf(settings))}`),
    ])
    const users = new Set(found.map(({ UserId }) => UserId))
    const least = found.length >= most ? 'at least ' : ''
    const counted = `${least}${found.length} tokens of ${least}${users.size} users`
    // Who may not customise the application is shown its own tokens, without a word about the others.
    const own = [...users].every((id) => id === userId)
    return own ? `${counted}, and those that ${settings.org} may not see` : counted
  } catch (error) {
    if (!(error instanceof KeyturnError) || error.code !== 'ORG_REFUSED') throw error
    return `an unknown number of tokens (${error.message})`
  }
}
