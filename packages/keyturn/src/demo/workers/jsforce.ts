/**
 * jsforce and @jsforce/jsforce-node, which have the same API.
 *
 * Without Keyturn as the documentation shows it: a connection with `oauth2`, both tokens, and a `refresh` listener that
 * stores what came "for next request". All processes read and write the same file, as a small application would.
 */
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Keyturn } from '@keyturn/tokens'
import { keyturnConnection } from '@keyturn/tokens/jsforce'
import type { RefreshableConnection } from '@keyturn/tokens/jsforce'
import { API_VERSION } from './client.ts'
import type { Client } from './client.ts'

interface Connection extends RefreshableConnection {
  limits(): PromiseLike<unknown>
  on(event: 'refresh', listener: (accessToken: string, answer: { readonly refresh_token?: string }) => void): void
}

export interface Jsforce {
  readonly Connection: new (config: never) => Connection
}

interface Stored {
  readonly accessToken: string
  readonly refreshToken: string
}

export const jsforceOnKeyturn = ({ Connection }: Jsforce, keyturn: Keyturn): Client => ({
  connect: async ({ username }) => {
    const connection = await keyturnConnection(keyturn, username, { Connection, version: API_VERSION })
    return async () => connection.limits()
  },
})

export const jsforceAlone = ({ Connection }: Jsforce, folder: string): Client => {
  const fileOf = (username: string): string => join(folder, `${username}.json`)
  const write = (username: string, stored: Stored): void => {
    const fresh = `${fileOf(username)}.${process.pid}`
    writeFileSync(fresh, JSON.stringify(stored), { mode: 0o600 })
    renameSync(fresh, fileOf(username))
  }
  return {
    store: async ({ username, accessToken, refreshToken }) => write(username, { accessToken, refreshToken }),
    connect: async ({ username, instanceUrl, clientId, clientSecret }) => {
      const stored = JSON.parse(readFileSync(fileOf(username), 'utf8')) as Stored
      const oauth2 = {
        loginUrl: instanceUrl,
        clientId,
        clientSecret,
        redirectUri: 'http://localhost:1717/OauthRedirect',
      }
      const connection = new Connection({ oauth2, instanceUrl, version: API_VERSION, ...stored } as never)
      connection.on('refresh', (accessToken, answer) =>
        write(username, { accessToken, refreshToken: answer.refresh_token ?? stored.refreshToken }),
      )
      return async () => connection.limits()
    },
  }
}
