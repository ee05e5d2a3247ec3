/**
 * What a SOAP login() says about user and org: what SOAP getUserInfo() answers, which stays when login() goes, is of the
 * very type that a LoginResult holds, and has the elements of the version that is called: a stub made from an old or a new
 * WSDL takes no others. From the REST API where it refuses. Remembered per user and version for an hour, and longer while
 * the org can't be asked.
 */
import { KeyturnError } from '@keyturn/tokens'
import type { Token } from '@keyturn/tokens'
import { request, sessionVerdict } from '@keyturn/tokens/maintenance'
import type { Desk } from '../sessions/desk.ts'
import { fetchWithin } from '../sessions/fetch-within.ts'
import { escapeXml, textOf, xmlEvents } from '../proxy/xml-events.ts'

type UserInfo = Readonly<Record<string, string | number | boolean | null>>

/** The sequence of the WSDL, for what the REST API can't say: a strict stub wants every element that is not nillable. */
const defaults: UserInfo = {
  accessibilityMode: false,
  chatterExternal: false,
  currencySymbol: null,
  orgAttachmentFileSizeLimit: 5_242_880,
  orgDefaultCurrencyIsoCode: null,
  orgDefaultCurrencyLocale: null,
  orgDisallowHtmlAttachments: false,
  orgHasPersonAccounts: false,
  organizationId: '000000000000000AAA',
  organizationMultiCurrency: false,
  organizationName: '',
  profileId: '000000000000000AAA',
  roleId: null,
  sessionSecondsValid: 7200,
  userDefaultCurrencyIsoCode: null,
  userEmail: '',
  userFullName: '',
  userId: '000000000000000AAA',
  userLanguage: 'en_US',
  userLocale: 'en_US',
  userName: '',
  userTimeZone: 'GMT',
  userType: 'Standard',
  userUiSkin: 'Theme3',
}

/** Of these one came after version 31, the first that Salesforce still answers. */
const FIRST_WITH_CHATTER_EXTERNAL = 40

const REMEMBERED_MS = 3_600_000
const MOST_REMEMBERED = 1_000
const LIMIT_MS = 10_000

interface Remembered {
  readonly info: UserInfo
  readonly at: number
}

interface Book {
  readonly known: Map<string, Remembered>
  readonly asked: Map<string, Promise<UserInfo>>
}

const books = new WeakMap<Desk, Book>()

const bookOf = (desk: Desk): Book => {
  const book = books.get(desk) ?? { known: new Map(), asked: new Map() }
  books.set(desk, book)
  return book
}

/**
 * `sessionSecondsValid` is the real session's. Throws ENDPOINT_UNREACHABLE where the org can't be asked and never was: a
 * program that is told a user without a name and an org without an id would go on with them.
 */
export const userInfoOf = async (desk: Desk, grant: string, token: Token, version: string): Promise<UserInfo> => {
  const { known, asked } = bookOf(desk)
  const { clock } = desk.context
  const who = JSON.stringify([grant, token.orgId, token.userId, version])
  const before = known.get(who)
  if (before !== undefined && clock.boot() - before.at < REMEMBERED_MS) return before.info
  const ask = async (): Promise<UserInfo> => {
    try {
      const info = (await bySoap(desk, grant, token, version)) ?? (await byRest(desk, grant, token, version))
      if (known.size >= MOST_REMEMBERED) known.clear()
      known.set(who, { info, at: clock.boot() })
      return info
    } catch (error) {
      if (before !== undefined && error instanceof KeyturnError && error.code === 'ENDPOINT_UNREACHABLE')
        return before.info
      throw error
    }
  }
  // Many log in at once, and one question answers them all.
  const running = asked.get(who) ?? ask().finally(() => asked.delete(who))
  asked.set(who, running)
  return running
}

/** Null: refused. */
const bySoap = async (desk: Desk, grant: string, token: Token, version: string): Promise<UserInfo | null> => {
  const said = await getUserInfo(desk, token, version)
  if (said !== 'dead') return said
  const again = await getUserInfo(desk, await desk.tokens.rejected(grant, token.generation), version)
  return again === 'dead' ? null : again
}

const getUserInfo = async ({ options }: Desk, token: Token, version: string): Promise<UserInfo | 'dead' | null> => {
  const body =
    '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns="urn:partner.soap.sforce.com">' +
    `<soapenv:Header><SessionHeader><sessionId>${escapeXml(token.accessToken)}</sessionId></SessionHeader></soapenv:Header>` +
    '<soapenv:Body><getUserInfo/></soapenv:Body></soapenv:Envelope>'
  const headers = { 'content-type': 'text/xml; charset=UTF-8', soapaction: '""' }
  const init = { method: 'POST', headers, body, timeout: LIMIT_MS, bodyLimit: 65_536 }
  const answer = await request(new URL(`/services/Soap/u/${version}`, token.instanceUrl), init, options.network)
  const text = answer.body.toString('latin1')
  if (answer.status === 200) return readUserInfo(text)
  return sessionVerdict({ status: answer.status, body: text }) === 'dead' ? 'dead' : null
}

/** The children of `<result>`. */
const readUserInfo = (xml: string): UserInfo | null => {
  const path: string[] = []
  const found: Record<string, string | null> = {}
  for (const event of xmlEvents(xml)) {
    if (event.type === 'refused') return null
    const parent = path.at(-1)
    if (event.type === 'start') {
      const nil = /[\s:]nil\s*=\s*["'](?:true|1)/.test(xml.slice(event.at, event.end))
      if (parent === 'result') found[event.name] = nil ? null : ''
      if (!event.empty) path.push(event.name)
    } else if (event.type === 'end') path.pop()
    else if (event.type === 'text' && parent !== undefined && path.at(-2) === 'result' && found[parent] !== null)
      found[parent] += textOf(event) ?? ''
  }
  return 'userId' in found && 'organizationId' in found ? found : null
}

type Row = Readonly<Record<string, unknown>>

const byRest = async (
  { context }: Desk,
  grant: string,
  { orgId, userId }: Token,
  version: string,
): Promise<UserInfo> => {
  const read = async (path: string): Promise<Row> => {
    const answer = await fetchWithin(context, grant, path, LIMIT_MS).catch((error: unknown) => {
      if (error instanceof KeyturnError) throw error
      throw new KeyturnError('ENDPOINT_UNREACHABLE', 'The org did not say in time whose session this is')
    })
    const value: unknown = answer.ok ? await answer.json().catch(() => null) : null
    return typeof value === 'object' && value !== null ? { ...value } : {}
  }
  const first = async (soql: string): Promise<Row> => {
    const { records } = await read(`/services/data/v60.0/query?q=${encodeURIComponent(soql)}`)
    const [row] = Array.isArray(records) ? (records as readonly unknown[]) : []
    return typeof row === 'object' && row !== null ? { ...row } : {}
  }
  const [who, user, org] = await Promise.all([
    read('/services/oauth2/userinfo'),
    /^005[A-Za-z0-9]{12,15}$/.test(userId ?? '')
      ? first(`SELECT ProfileId FROM User WHERE Id = '${userId}'`)
      : ({} as Row),
    first('SELECT Name FROM Organization'),
  ])
  const said: Row = {
    userId: who['user_id'] ?? userId,
    organizationId: who['organization_id'] ?? orgId,
    userName: who['preferred_username'],
    userEmail: who['email'],
    userFullName: who['name'],
    userLanguage: who['language'],
    userLocale: who['locale'],
    userTimeZone: who['zoneinfo'],
    profileId: user['ProfileId'],
    organizationName: org['Name'],
  }
  const known = Object.entries(said).flatMap(([name, value]) =>
    typeof value === 'string' && value !== '' ? [[name, value] as const] : [],
  )
  const inVersion = Object.entries({ ...defaults, ...Object.fromEntries(known) }).filter(
    ([name]) => name !== 'chatterExternal' || Number(version) >= FIRST_WITH_CHATTER_EXTERNAL,
  )
  return Object.fromEntries(inVersion)
}
