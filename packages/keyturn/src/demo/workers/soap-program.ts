/**
 * A program of many years ago, as its owner wrote it: a user name, a password, SOAP `login()`. It makes one call
 * for each line it is given and says how that went. Where Salesforce is, is all that anybody may change.
 */
import { createInterface } from 'node:readline'
import { loadClient } from '../clients.ts'

interface Connection {
  login(username: string, password: string): Promise<unknown>
  limits(): PromiseLike<unknown>
}

const { Connection } = loadClient('jsforce') as { readonly Connection: new (config: object) => Connection }
const { SF_URL, SF_USERNAME = '', SF_PASSWORD = '' } = process.env

const connection = new Connection({ loginUrl: SF_URL })
let loggedIn = false

for await (const _line of createInterface({ input: process.stdin })) {
  try {
    if (!loggedIn) await connection.login(SF_USERNAME, SF_PASSWORD)
    loggedIn = true
    await connection.limits()
    process.stdout.write('ok\n')
  } catch (error) {
    process.stdout.write(`${String(error).replaceAll('\n', ' ')}\n`)
  }
}
