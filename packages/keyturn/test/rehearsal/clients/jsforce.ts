/**
 * jsforce as its documentation shows it: a connection with `oauth2`, a refresh token and an access token, and a `refresh`
 * listener that stores the new access token "for next request".
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import jsforce from 'jsforce'
import { job, told } from './job.ts'

const stored = join(told('REHEARSAL_FOLDER'), 'access-token')

const connection = new jsforce.Connection({
  oauth2: {
    loginUrl: told('SF_LOGIN_URL'),
    clientId: told('SF_CLIENT_ID'),
    clientSecret: told('SF_CLIENT_SECRET'),
    redirectUri: 'http://localhost:1717/OauthRedirect',
  },
  instanceUrl: told('SF_INSTANCE_URL'),
  refreshToken: told('SF_REFRESH_TOKEN'),
  accessToken: existsSync(stored) ? readFileSync(stored, 'utf8') : told('SF_ACCESS_TOKEN'),
  version: '60.0',
})
connection.on('refresh', (accessToken: string) => writeFileSync(stored, accessToken, { mode: 0o600 }))
await job(connection)
