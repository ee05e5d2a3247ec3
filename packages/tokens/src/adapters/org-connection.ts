/**
 * A @salesforce/core connection on a Keyturn grant, for scripts and sf plugins.
 *
 * Core gives a connection without a refresh token no refresh function at all, so the authorisation is told its
 * connection options by us: the access token and Keyturn's refresh function, for the main app and any client app alike.
 * It is also kept from writing files: an access token that Keyturn renews has no business on disk.
 */
import type { Keyturn, Token } from '../contract.ts'
import { authInfoOf, loadCore } from './core-module.ts'
import type { SfAuthInfo, SfConnection, SfCore } from './core-module.ts'
import { reportSuccess } from './jsforce.ts'
import { refresher } from './refresh-function.ts'
import type { RefreshOptions } from './refresh-function.ts'

export interface OrgConnectionOptions<C extends SfConnection> extends RefreshOptions {
  /** The module `@salesforce/core` (9.x) of the caller. Without it the caller's copy is loaded. */
  readonly core?: SfCore<C>
  /** Where to look for it: `import.meta.url` of the caller. */
  readonly from?: string | URL
  /** API version without the `v`; default: core's setting, else the newest the org knows. */
  readonly version?: string
  /** Let core ask the org about itself (dev hub, namespace, edition): a few API calls more. Default false. */
  readonly describeOrg?: boolean
}

/**
 * `const connection = await keyturnOrgConnection(keyturn, 'acme', { core })`; `Org.create({ connection })` takes it.
 */
export const keyturnOrgConnection = async <C extends SfConnection>(
  keyturn: Keyturn,
  name: string,
  options: OrgConnectionOptions<C> = {},
): Promise<C> => {
  const core = options.core ?? ((await loadCore(options.from)) as SfCore<C>)
  const [token, grant] = [await keyturn.token(name), await keyturn.grants.show(name)]
  const authInfo = await authInfoOf(core, {
    accessTokenOptions: {
      accessToken: token.accessToken,
      instanceUrl: token.instanceUrl,
      loginUrl: grant.loginUrl,
      ...(grant.username === null ? {} : { username: grant.username }),
      ...orgOf(token),
      // Named, so that core doesn't ask: `null` counts as an answer.
      ...(options.describeOrg === true ? {} : { isDevHub: false, namespacePrefix: null }),
    },
  })
  let current: Token = token
  const source = refresher(keyturn, name, options, (fresh) => {
    current = fresh
    authInfo.update({ accessToken: fresh.accessToken, instanceUrl: fresh.instanceUrl })
  })
  bind(authInfo, {
    getConnectionOptions: () => ({
      accessToken: current.accessToken,
      instanceUrl: current.instanceUrl,
      loginUrl: grant.loginUrl,
      refreshFn: source.refresh,
    }),
    refreshFn: source.refresh,
    save: (change) => Promise.resolve(change === undefined ? authInfo : authInfo.update(change)),
  })
  const connection = await core.Connection.create({
    authInfo,
    ...(options.version === undefined ? {} : { connectionOptions: { version: options.version } }),
  } as never)
  source.held(connection, current)
  reportSuccess(keyturn, name, source, connection)
  return connection
}

/** Before the first exchange an imported token's org isn't known; an opaque token names it before the `!`. */
export const orgOf = ({ orgId, accessToken }: Token): { readonly orgId?: string } => {
  const known = orgId ?? /^(00D\w{12,15})!/.exec(accessToken)?.[1]
  return known === undefined ? {} : { orgId: known }
}

interface Overrides {
  readonly getConnectionOptions: SfAuthInfo['getConnectionOptions']
  readonly save: SfAuthInfo['save']
  readonly refreshFn: unknown
}

const bind = (authInfo: SfAuthInfo, overrides: Overrides): void => {
  Object.assign(authInfo, overrides)
}
