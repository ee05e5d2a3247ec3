/**
 * A program that got a refresh token once and keeps that one for ever, as the commonest examples do: it stands in the
 * environment. It makes one call for each line it is given and says how that went. Where Salesforce is, is all that
 * anybody may change.
 */
import { createInterface } from 'node:readline'
import { loadClient } from '../clients.ts'

interface Connection {
  limits(): PromiseLike<unknown>
}

const { Connection } = loadClient('jsforce') as { readonly Connection: new (config: object) => Connection }
const { SF_URL, SF_CLIENT_ID, SF_CLIENT_SECRET, SF_REFRESH_TOKEN } = process.env

const connection = new Connection({
  oauth2: { loginUrl: SF_URL, clientId: SF_CLIENT_ID, clientSecret: SF_CLIENT_SECRET },
  instanceUrl: SF_URL,
  refreshToken: SF_REFRESH_TOKEN,
})

for await (const _line of createInterface({ input: process.stdin })) {
  try {
    await connection.limits()
    process.stdout.write('ok\n')
  } catch (error) {
    process.stdout.write(`${String(error).replaceAll('\n', ' ')}\n`)
  }
}
