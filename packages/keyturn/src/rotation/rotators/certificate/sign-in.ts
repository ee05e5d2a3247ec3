/** Who signs in with the app's key: the login that proves it, this store's own grants, and the key that goes. */
import { KeyturnError } from '@keyturn/tokens'
import type { GrantView, Secret } from '@keyturn/tokens'
import { audienceOf } from '@keyturn/tokens/maintenance'
import { belongsTo } from '../../../org/certificate-pem.ts'
import type { CertificateFacts } from '../../../org/certificate-pem.ts'
import type { StepContext } from '../../rotator.ts'
import type { CertificateSettings } from './settings.ts'
import type { JwtLogin } from './try-key.ts'

export type Before = Omit<StepContext<CertificateSettings>, 'to'>

/** JWT grants of this store that sign with the key. */
export const ownGrants = async (
  { keyturn, settings }: Pick<Before, 'keyturn' | 'settings'>,
  consumerKey: string,
): Promise<readonly GrantView[]> => {
  const all = (await keyturn.grants.list()).filter(({ flow }) => flow === 'jwt_bearer')
  return settings.grants === undefined
    ? all.filter(({ clientId }) => clientId === consumerKey)
    : all.filter(({ name }) => settings.grants?.includes(name))
}

/** Grants whose spare way in signs with it: a spare keeps one key, so these are a person’s to change. */
export const spareUsers = async (
  { keyturn }: Pick<Before, 'keyturn'>,
  consumerKey: string,
): Promise<readonly string[]> =>
  (await keyturn.grants.list())
    .filter(({ clientId, fallback }) =>
      fallback.some((one) => one.flow === 'jwt_bearer' && (one.clientId ?? clientId) === consumerKey),
    )
    .map(({ name }) => name)

/** Throws CONFIG_INVALID where nobody says whom to sign in. */
export const loginOf = async (context: Before, consumerKey: string): Promise<JwtLogin> => {
  const { settings, keyturn } = context
  const username =
    settings.username ??
    (await ownGrants(context, consumerKey)).find((grant) => grant.username !== null)?.username ??
    null
  if (username === null) {
    throw new KeyturnError('CONFIG_INVALID', `Nobody says which user proves the key of ${settings.app}`, {
      fix: 'Name one as `username`: a user whom the app lets in without asking, with few permissions.',
    })
  }
  const loginUrl = settings.loginUrl ?? (await keyturn.token(settings.org)).instanceUrl
  return { loginUrl, clientId: consumerKey, username, audience: settings.audience ?? audienceOf(loginUrl) }
}

/** Where a grant keeps its key: sealed, or by a reference that only its own process may be able to follow. */
const keysOf = async ({ keyturn, ports }: Before, grant: GrantView): Promise<readonly Secret[]> => {
  const stored = await keyturn.store.grant(grant.name)
  const found: Secret[] = []
  for (const name of ['former:privateKey', 'privateKey']) {
    const sealed = await keyturn.store.secret(grant.id, name)
    if (sealed !== null) found.push(sealed)
    const reference = stored?.settings.references[name]
    if (reference === undefined) continue
    const read = await ports.resolve(reference).catch(() => null)
    if (read !== null) found.push(read)
  }
  return found
}

/** The key behind the certificate that was in the slot; null: nobody gave it to Keyturn. */
export const formerKey = async (
  context: Before,
  consumerKey: string,
  certificate: CertificateFacts | null,
): Promise<Secret | null> => {
  if (certificate === null) return null
  const kept = context.from === null ? null : await context.secret(context.from, 'privateKey')
  if (kept !== null && belongsTo(kept, certificate)) return kept
  for (const grant of await ownGrants(context, consumerKey)) {
    const key = (await keysOf(context, grant)).find((one) => belongsTo(one, certificate))
    if (key !== undefined) return key
  }
  return null
}
