/** Half a year of logins: browsers, machines, scripts with a password, and some from where nobody works. */
import { insertRow } from '../../data/index.ts'
import { people } from './people.ts'
import type { Person } from './people.ts'
import { userId } from './world.ts'
import type { World } from './world.ts'

interface Place {
  readonly ip: string
  readonly city: string
  readonly country: string
  readonly iso: string
}

const office: Place = { ip: '203.0.113.20', city: 'Munich', country: 'Germany', iso: 'DE' }
const cloud: Place = { ip: '203.0.113.10', city: 'Frankfurt', country: 'Germany', iso: 'DE' }
const elsewhere: readonly Place[] = [
  { ip: '198.51.100.77', city: 'Amsterdam', country: 'Netherlands', iso: 'NL' },
  { ip: '192.0.2.61', city: 'Panama City', country: 'Panama', iso: 'PA' },
  { ip: '2001:db8::61', city: 'Ashburn', country: 'United States', iso: 'US' },
]

const browsers = ['Chrome 141', 'Edge 141', 'Firefox 143', 'Safari 18']

/** How each machine comes in: by what, as which app, under which name of a client. */
interface Way {
  readonly type: 'Remote Access 2.0' | 'Other Apex API' | 'Partner Product'
  readonly sub: string | null
  readonly app: string
  readonly client: string
  readonly api: string
}

const ways: Readonly<Record<string, Way>> = {
  'etl.loader': {
    type: 'Other Apex API',
    sub: null,
    app: 'N/A',
    client: 'Apache-HttpClient/4.5.13 (Java/1.8.0_292)',
    api: 'SOAP Partner',
  },
  'dataloader.nightly': {
    type: 'Partner Product',
    sub: null,
    app: 'Data Loader',
    client: 'Apache-CXF/3.3',
    api: 'SOAP Partner',
  },
  'drift.sync': {
    type: 'Remote Access 2.0',
    sub: 'OauthRefreshToken',
    app: 'Drift_Connector',
    client: 'Salesforce-Multi-Org-Fetcher/1.0',
    api: 'N/A',
  },
  'jenkins.deploy': {
    type: 'Remote Access 2.0',
    sub: 'OauthWebServer',
    app: 'Team_CLI',
    client: '@jsforce/jsforce-node',
    api: 'N/A',
  },
  'erp.sync': {
    type: 'Remote Access 2.0',
    sub: 'OauthUsernamePassword',
    app: 'ERP_Sync',
    client: 'python-requests/2.32.4',
    api: 'N/A',
  },
  'marketing.hub': {
    type: 'Remote Access 2.0',
    sub: 'OauthRefreshToken',
    app: 'Marketing_Hub',
    client: 'Faraday v1.10.3',
    api: 'N/A',
  },
  'old.intranet': { type: 'Other Apex API', sub: null, app: 'N/A', client: 'PHPToolkit/13.0', api: 'SOAP Enterprise' },
  'billing.sync': {
    type: 'Remote Access 2.0',
    sub: 'OauthRefreshToken',
    app: 'Billing_Sync',
    client: 'keyturn/0.1',
    api: 'N/A',
  },
  'reporting.portal': {
    type: 'Remote Access 2.0',
    sub: 'OauthWebServer',
    app: 'Reporting_Portal',
    client: 'Python/3.11 aiohttp/3.12.15',
    api: 'N/A',
  },
  'release.robot': { type: 'Remote Access 2.0', sub: null, app: 'Jenkins_CI', client: 'sfdx toolbelt:', api: 'N/A' },
}

export function makeLogins(world: World): void {
  const geo = new Map<string, string>()
  for (const place of [office, cloud, ...elsewhere])
    geo.set(
      place.ip,
      insertRow(world.org, 'LoginGeo', {
        City: place.city,
        Country: place.country,
        CountryIso: place.iso,
        LoginTime: world.ago(180),
      }),
    )
  const login = loginOf(world, geo)
  for (const person of people) {
    if (person.login === null) continue
    const way = ways[person.name]
    const every = person.machine === true ? 2 : 3
    for (let days = person.login; days < 175; days += every) {
      const at = days + 0.02 + world.random.next() * 0.4
      if (way === undefined) login(person, at, 'Success', office)
      else login(person, at, 'Success', cloud)
    }
  }
  const named = (name: string): Person => {
    const person = people.find((one) => one.name === name)
    if (person === undefined) throw new Error(`Nobody is called ${name}`)
    return person
  }
  for (const place of elsewhere) {
    login(named('drift.sync'), 6 + world.random.next(), 'Success', place)
    login(named('sales.emea'), 4 + world.random.next(), 'Success', place)
  }
  for (let i = 0; i < 60; i++) login(named('dmitri.dean'), 3 + i / 2000, 'Invalid Password', elsewhere[1] ?? office)
  login(named('dmitri.dean'), 2.9, 'Password Lockout', elsewhere[1] ?? office)
  login(named('will.ward'), 11, 'User Is Frozen', office)
  login(named('gina.gold'), 30, 'User is Inactive', office)
  login(named('karl.king'), 33, 'Failed: API security token required', elsewhere[0] ?? office)
  login(named('hanna.hill'), 8, 'Multi-factor required', elsewhere[2] ?? office)
  login(named('billing.sync'), 5, 'Restricted IP', elsewhere[0] ?? office)
}

function loginOf(world: World, geo: ReadonlyMap<string, string>) {
  const { org, random, ago, name } = world
  return (person: Person, days: number, status: string, place: Place): void => {
    const UserId = userId(world, person.name)
    const way = status === 'Success' ? ways[person.name] : undefined
    const strong = person.methods?.some((method) => method === 'SecurityKey' || method === 'BuiltInAuthenticator')
    const id = insertRow(org, 'LoginHistory', {
      UserId,
      LoginTime: ago(days),
      LoginType: way?.type ?? 'Application',
      LoginSubType: way === undefined ? 'UsernamePasswordUiLogin' : way.sub,
      SourceIp: place.ip,
      LoginUrl: way?.type === 'Other Apex API' ? 'login.salesforce.com' : 'legacy.my.salesforce.com',
      LoginGeoId: geo.get(place.ip) ?? null,
      CountryIso: place.iso,
      Status: status,
      Application: way?.app ?? 'Browser',
      Browser:
        way?.client ??
        (person.name === 'sven.sand' ? name('Chrome 141', 'terminal').slice(0, 64) : random.pick(browsers)),
      Platform: way === undefined ? random.pick(['Windows 10', 'Mac OSX', 'iPhone']) : 'Unknown',
      ApiType: way?.api ?? 'N/A',
      ApiVersion: way?.type === 'Other Apex API' ? '29.0' : 'N/A',
      ClientVersion: 'N/A',
      TlsProtocol: person.name === 'old.intranet' ? 'TLS 1.0' : 'TLS 1.3',
      CipherSuite: 'ECDHE-RSA-AES256-GCM-SHA384',
      AuthMethodReference:
        way === undefined && (person.methods?.length ?? 0) > 0 ? (strong === true ? 'mfa,hwk' : 'mfa,otp') : null,
      OptionsIsPost: true,
    })
    if (way === undefined && status === 'Success') verify(world, person, days, id, place)
  }
}

const verifiedBy = {
  BuiltInAuthenticator: 'BuiltInAuthenticator',
  SalesforceAuthenticator: 'SalesforceAuthenticator',
  SecurityKey: 'U2F',
  Totp: 'Totp',
  VerifiedMobileNumber: 'Sms',
} as const

/** What a login with a second factor leaves; without one there is a code by mail, now and then. */
function verify({ org, ago, users, random }: World, person: Person, days: number, login: string, place: Place): void {
  const [method] = person.methods ?? []
  if (person.sets?.includes('MFA_Exempt') === true || (method === undefined && !random.chance(0.05))) return
  insertRow(org, 'VerificationHistory', {
    EventGroup: Math.floor(days * 1000),
    VerificationTime: ago(days),
    VerificationMethod: method === undefined ? 'Email' : verifiedBy[method],
    UserId: users.get(person.name),
    Activity: 'Login',
    Status: 'Succeeded',
    LoginHistoryId: login,
    SourceIp: place.ip,
    Policy: method === undefined ? 'DeviceActivation' : 'TwoFactorAuthentication',
  })
}
