/** jsforce through Keyturn, as docs/how-to/use-with-jsforce.md shows it; with SPARE=1 there is a spare way in. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { KeyturnError, openKeyturn } from '@keyturn/tokens'
import { keyturnConnection } from '@keyturn/tokens/jsforce'
import jsforce from 'jsforce'
import { job, told } from './job.ts'

const keyturn = await openKeyturn({
  store: `sqlite:${join(told('REHEARSAL_FOLDER'), 'keyturn.db')}`,
  masterKey: Buffer.alloc(32, 7),
})
const [loginUrl, username] = [told('SF_LOGIN_URL'), told('SF_USERNAME')]
const privateKey = readFileSync(told('SF_JWT_KEY_FILE'), 'utf8')
await keyturn.grants
  .add({
    name: 'acme',
    flow: 'refresh_token',
    loginUrl,
    instanceUrl: told('SF_INSTANCE_URL'),
    clientId: told('SF_CLIENT_ID'),
    clientSecret: told('SF_CLIENT_SECRET'),
    refreshToken: told('SF_REFRESH_TOKEN'),
    accessToken: told('SF_ACCESS_TOKEN'),
    username,
    ...(process.env['SPARE'] === '1'
      ? {
          fallback: [
            { flow: 'jwt_bearer', clientId: told('SF_JWT_CLIENT_ID'), privateKey, username, audience: loginUrl },
          ],
        }
      : {}),
  })
  .catch((error: unknown) => {
    if (!(error instanceof KeyturnError && error.code === 'GRANT_EXISTS')) throw error
  })
try {
  await job(await keyturnConnection(keyturn, 'acme', { Connection: jsforce.Connection, version: '60.0' }))
} finally {
  await keyturn.close()
}
