/**
 * @salesforce/core as its documentation shows it: an authorisation that is saved once, then found by its user name. The
 * version beside the project, or the one in the folder CORE_FROM.
 */
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type * as Core from '@salesforce/core'
import { job, told } from './job.ts'

const { CORE_FROM } = process.env
const load = createRequire(CORE_FROM === undefined ? import.meta.url : join(CORE_FROM, 'package.json'))
const { AuthInfo, Connection } = load('@salesforce/core') as typeof Core

const username = told('SF_USERNAME')
if (!existsSync(join(told('HOME'), '.sfdx', `${username}.json`))) {
  const [instanceUrl, loginUrl] = [told('SF_INSTANCE_URL'), told('SF_LOGIN_URL')]
  const accessTokenOptions = { accessToken: told('SF_ACCESS_TOKEN'), instanceUrl, loginUrl }
  const login = await AuthInfo.create({ username, accessTokenOptions })
  const { SF_REFRESH_TOKEN: refreshToken, SF_CLIENT_ID: clientId, SF_CLIENT_SECRET: clientSecret } = process.env
  await login.save({
    loginUrl,
    ...(refreshToken === undefined ? {} : { refreshToken }),
    ...(clientId === undefined ? {} : { clientId }),
    ...(clientSecret === undefined ? {} : { clientSecret }),
  })
}
const authInfo = await AuthInfo.create({ username })
const connection: Core.Connection = await Connection.create({ authInfo, connectionOptions: { version: '60.0' } })
await job(connection)
