/**
 * What a SOAP login() says about user and org. Asked of SOAP getUserInfo(), which stays when login() goes and answers
 * the very type that a LoginResult holds; from the REST API where that does not answer. Remembered per user for an hour.
 */
import type { Clock, Keyturn, Token } from '@keyturn/tokens'
import { request } from '@keyturn/tokens/maintenance'
import type { Network } from '@keyturn/tokens/maintenance'
import { fetchWithin } from '../sessions/fetch-within.ts'
import { textOf, xmlEvents } from '../proxy/xml-events.ts'

type UserInfo = Readonly<Record<string, string | number | boolean | null>>

/** The sequence of the WSDL: a strict stub reads in this order and wants every element that is not nillable. */
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

const REMEMBERED_MS = 3_600_000
const LIMIT_MS = 10_000
const remembered = new WeakMap<Keyturn, Map<string, { readonly info: UserInfo; readonly at: number }>>()

interface Asking {
  readonly keyturn: Keyturn
  readonly network: Network
  readonly clock: Clock
}

/** `sessionSecondsValid` is the virtual session's and is added by the caller. */
export const userInfoOf = async (asking: Asking, grant: string, token: Token): Promise<UserInfo> => {
  const known = remembered.get(asking.keyturn) ?? new Map<string, { info: UserInfo; at: number }>()
  remembered.set(asking.keyturn, known)
  const who = `${grant}/${token.orgId}/${token.userId}`
  const before = known.get(who)
  if (before !== undefined && asking.clock.boot() - before.at < REMEMBERED_MS) return before.info
  const found = (await bySoap(asking, token)) ?? (await byRest(asking, grant, token))
  const info: UserInfo = {
    ...defaults,
    ...(token.userId !== null && { userId: token.userId }),
    ...(token.orgId !== null && { organizationId: token.orgId }),
    ...Object.fromEntries(Object.entries(found).filter(([name]) => name in defaults)),
  }
  known.set(who, { info, at: asking.clock.boot() })
  return info
}

const bySoap = async ({ network }: Asking, { accessToken, instanceUrl }: Token): Promise<UserInfo | null> => {
  const body =
    '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns="urn:partner.soap.sforce.com">' +
    `<soapenv:Header><SessionHeader><sessionId>${accessToken}</sessionId></SessionHeader></soapenv:Header>` +
    '<soapenv:Body><getUserInfo/></soapenv:Body></soapenv:Envelope>'
  try {
    const headers = { 'content-type': 'text/xml; charset=UTF-8', soapaction: '""' }
    const init = { method: 'POST', headers, body, timeout: LIMIT_MS, bodyLimit: 65_536 }
    const answer = await request(new URL('/services/Soap/u/60.0', instanceUrl), init, network)
    return answer.status === 200 ? readUserInfo(answer.body.toString('latin1')) : null
  } catch {
    return null
  }
}

/** The children of `<result>`. */
const readUserInfo = (xml: string): UserInfo | null => {
  const path: string[] = []
  const found: Record<string, string | null> = {}
  for (const event of xmlEvents(xml)) {
    if (event.type === 'refused') return null
    const parent = path.at(-1)
    if (event.type === 'start') {
      if (parent === 'result') found[event.name] = event.empty ? null : ''
      if (!event.empty) path.push(event.name)
    } else if (event.type === 'end') path.pop()
    else if (event.type === 'text' && parent !== undefined && path.at(-2) === 'result') found[parent] = textOf(event)
  }
  return Object.keys(found).length === 0 ? null : found
}

const byRest = async (asking: Asking, grant: string, { userId }: Token): Promise<UserInfo> => {
  const read = async (path: string): Promise<Readonly<Record<string, unknown>>> => {
    try {
      const answer = await fetchWithin(asking, grant, path, LIMIT_MS)
      const value: unknown = answer.ok ? await answer.json() : null
      return typeof value === 'object' && value !== null ? { ...value } : {}
    } catch {
      return {}
    }
  }
  const first = async (soql: string): Promise<Readonly<Record<string, unknown>>> => {
    const { records } = await read(`/services/data/v60.0/query?q=${encodeURIComponent(soql)}`)
    const [row] = Array.isArray(records) ? (records as readonly unknown[]) : []
    return typeof row === 'object' && row !== null ? { ...row } : {}
  }
  const who = await read('/services/oauth2/userinfo')
  const user = /^005[A-Za-z0-9]{12,15}$/.test(userId ?? '')
    ? await first(`SELECT ProfileId FROM User WHERE Id = '${userId}'`)
    : {}
  const org = await first('SELECT Name FROM Organization')
  const pick = (name: string, value: unknown): Readonly<Record<string, string>> =>
    typeof value === 'string' && value !== '' ? { [name]: value } : {}
  return {
    ...pick('userId', who['user_id']),
    ...pick('organizationId', who['organization_id']),
    ...pick('userName', who['preferred_username']),
    ...pick('userEmail', who['email']),
    ...pick('userFullName', who['name']),
    ...pick('userLanguage', who['language']),
    ...pick('userLocale', who['locale']),
    ...pick('userTimeZone', who['zoneinfo']),
    ...pick('profileId', user['ProfileId']),
    ...pick('organizationName', org['Name']),
  }
}
