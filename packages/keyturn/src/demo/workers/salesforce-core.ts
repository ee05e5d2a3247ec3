/**
 * @salesforce/core. Without Keyturn it keeps its logins in auth files below the home folder, which all processes share
 * and lock, as the sf CLI does. A new connection starts from the file, as a new sf command would.
 */
import type { Keyturn } from '@keyturn/tokens'
import { keyturnOrgConnection } from '@keyturn/tokens/salesforce-core'
import type { SfAuthInfo, SfConnection, SfCore } from '@keyturn/tokens/salesforce-core'
import { API_VERSION } from './client.ts'
import type { Client } from './client.ts'

interface Connection extends SfConnection {
  limits(): PromiseLike<unknown>
}

export interface Core extends SfCore<Connection> {
  readonly StateAggregator: SfCore['StateAggregator'] & { clearInstance(): void }
}

export const coreOnKeyturn = (core: Core, keyturn: Keyturn): Client => ({
  connect: async ({ username }) => {
    const connection = await keyturnOrgConnection(keyturn, username, { core, version: API_VERSION })
    return async () => connection.limits()
  },
})

export const coreAlone = (core: Core): Client => ({
  store: async ({ username, orgId, instanceUrl, clientId, clientSecret, accessToken, refreshToken }) => {
    const known = { username, orgId, instanceUrl, loginUrl: instanceUrl, accessToken }
    // Named, so that core asks the org nothing about itself: those calls would be counted.
    const accessTokenOptions = { ...known, isDevHub: false, namespacePrefix: null }
    const authInfo = (await core.AuthInfo.create({ accessTokenOptions } as never)) as SfAuthInfo
    await authInfo.save({ refreshToken, clientId, clientSecret, loginUrl: instanceUrl })
  },
  connect: async ({ username }) => {
    core.StateAggregator.clearInstance()
    const authInfo = await core.AuthInfo.create({ username } as never)
    const connection = await core.Connection.create({ authInfo, connectionOptions: { version: API_VERSION } } as never)
    return async () => connection.limits()
  },
})
