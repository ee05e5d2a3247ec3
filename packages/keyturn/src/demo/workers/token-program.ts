/**
 * A program of many years ago, started with its `.env` file: user name, password and security token, SOAP `login()`. It
 * says how one call went and knows nothing of Keyturn.
 */
import { loadClient } from '../clients.ts'

interface Connection {
  login(username: string, password: string): Promise<unknown>
  limits(): PromiseLike<unknown>
}

const { Connection } = loadClient('jsforce') as { readonly Connection: new (config: object) => Connection }
const { SF_URL, SF_USERNAME = '', SF_PASSWORD = '', SF_SECURITY_TOKEN = '' } = process.env

try {
  const connection = new Connection({ loginUrl: SF_URL })
  await connection.login(SF_USERNAME, SF_PASSWORD + SF_SECURITY_TOKEN)
  await connection.limits()
  process.stdout.write('ok\n')
} catch (error) {
  process.stdout.write(`${String(error).replaceAll('\n', ' ')}\n`)
}
