/** The programs behind the broker: real client libraries as their users call them, and hand-written ones. */
import { createRequire } from 'node:module'

export const kinds = ['jsforce-soap', 'jsforce-pinned', 'core', 'raw-secret', 'raw-refresh', 'raw-soap'] as const
export type Kind = (typeof kinds)[number]

export interface ClientSetup {
  readonly name: string
  readonly kind: Kind
  /** The broker, as this program knows it. */
  readonly url: string
  readonly id: string
  readonly secret: string
  readonly username: string
  readonly password: string
  readonly refreshToken: string
}

/** One call of the program's daily work. Rejects with what the program would have seen. */
export type Client = () => Promise<void>

const SOQL = 'SELECT Id FROM Account LIMIT 1'
const VERSION = '60.0'
/** How many calls a hand-written program makes before it logs in again. */
const CALLS_A_LOGIN = 4

interface Connection {
  login(user: string, password: string): Promise<unknown>
  query(soql: string): PromiseLike<{ readonly totalSize: number }>
}

const load = createRequire(import.meta.url)

const jsforce = (config: object): Connection => {
  const { Connection: Class } = load('jsforce') as { readonly Connection: new (config: object) => Connection }
  return new Class({ version: VERSION, ...config })
}

/** Keeps what `open` gave; a program that failed to begin begins anew at its next call. */
const kept = (open: () => Promise<Connection>): Client => {
  let connection: Promise<Connection> | null = null
  return async () => {
    connection ??= open()
    const opened = await connection.catch((error: unknown) => {
      connection = null
      throw error
    })
    await opened.query(SOQL)
  }
}

const answered = async (answer: Response): Promise<string> => {
  const text = await answer.text()
  if (!answer.ok) throw new Error(`HTTP ${answer.status} ${text}`)
  return text
}

/** Logs in by `login`, calls a few times with that session, logs in again. */
const raw = (url: string, login: () => Promise<string>): Client => {
  let session = ''
  let left = 0
  return async () => {
    if (left === 0) session = await login()
    left = left === 0 ? CALLS_A_LOGIN : left - 1
    const path = `/services/data/v${VERSION}/query?q=${encodeURIComponent(SOQL)}`
    await answered(await fetch(`${url}${path}`, { headers: { authorization: `Bearer ${session}` } }))
  }
}

const byForm = (url: string, form: Readonly<Record<string, string>>) => async (): Promise<string> => {
  const answer = await fetch(`${url}/services/oauth2/token`, { method: 'POST', body: new URLSearchParams(form) })
  return (JSON.parse(await answered(answer)) as { readonly access_token: string }).access_token
}

const bySoap = (url: string, username: string, password: string) => async (): Promise<string> => {
  const answer = await fetch(`${url}/services/Soap/u/${VERSION}`, {
    method: 'POST',
    headers: { 'content-type': 'text/xml', soapaction: '""' },
    body:
      '<?xml version="1.0"?><e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body>' +
      `<login xmlns="urn:partner.soap.sforce.com"><username>${username}</username><password>${password}</password></login>` +
      '</e:Body></e:Envelope>',
  })
  const text = await answered(answer)
  const session = /<sessionId>([^<]+)</.exec(text)?.[1]
  if (session === undefined) throw new Error(`no session in ${text}`)
  return session
}

interface Core {
  readonly AuthInfo: { create(options: object): Promise<{ save(): Promise<void> }> }
  readonly Connection: { create(options: object): Promise<Connection> }
}

/** One login at a time: its files in HOME are its own business, and two logins at once read each other's half-written. */
let loggingIn: Promise<unknown> = Promise.resolve()
const oneAtATime = <T>(work: () => Promise<T>): Promise<T> => {
  const mine = loggingIn.then(work)
  loggingIn = mine.catch(() => undefined)
  return mine
}

/** HOME and the settings of @salesforce/core come with the process's environment. */
const core = ({ url: loginUrl, id: clientId, secret: clientSecret, refreshToken, username }: ClientSetup): Client => {
  const open = async (): Promise<Connection> => {
    const { AuthInfo, Connection: Class } = load('@salesforce/core') as Core
    const oauth2Options = { loginUrl, clientId, clientSecret, refreshToken }
    const login = await AuthInfo.create({ username, oauth2Options })
    await login.save()
    return Class.create({
      authInfo: await AuthInfo.create({ username }),
      connectionOptions: { version: VERSION },
    })
  }
  return kept(() => oneAtATime(open))
}

export const clientOf = (setup: ClientSetup): Client => {
  const { kind, url, id, secret, username, password, refreshToken } = setup
  const client = { client_id: id, client_secret: secret }
  switch (kind) {
    case 'jsforce-soap':
      return kept(async () => {
        const connection = jsforce({ loginUrl: url })
        await connection.login(username, password)
        return connection
      })
    case 'jsforce-pinned':
      return kept(async () => {
        const oauth2 = { loginUrl: url, clientId: id, clientSecret: secret }
        return jsforce({ oauth2, refreshToken, accessToken: '00D000000000000!stale', instanceUrl: url })
      })
    case 'core':
      return core(setup)
    case 'raw-secret':
      return raw(url, byForm(url, { grant_type: 'client_credentials', ...client }))
    case 'raw-refresh':
      return raw(url, byForm(url, { grant_type: 'refresh_token', refresh_token: refreshToken, ...client }))
    case 'raw-soap':
      return raw(url, bySoap(url, username, password))
  }
}
