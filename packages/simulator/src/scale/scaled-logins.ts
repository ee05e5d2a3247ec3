/** Logins and setup changes by number, over the last half year. */
import type { Random } from '../scenarios/random.ts'
import { dateTimeText } from '../data/index.ts'
import type { SimApp } from '../state/apps.ts'
import type { Org } from '../state/org.ts'
import { wholeMinute } from '../scenarios/whole-minute.ts'
import { bulkInsert } from './bulk-insert.ts'
import type { ScaledUser } from './scaled-users.ts'

const second = 1000
const half = 178 * 86_400
const browsers = ['Chrome 141', 'Edge 141', 'Firefox 143', 'Safari 18']
const clients = ['python-requests/2.32.4', 'Apache-HttpClient/4.5.13', 'jsforce', 'Go-http-client/2.0']

export function makeScaledLogins(
  org: Org,
  random: Random,
  of: {
    readonly logins: number
    readonly changes: number
    readonly users: readonly ScaledUser[]
    readonly apps: readonly SimApp[]
  },
): void {
  const { users, apps } = of
  if (users.length === 0) return
  const now = wholeMinute(org)
  const appName = (): string => (apps.length === 0 ? 'N/A' : random.pick(apps).name)
  bulkInsert(
    org,
    {
      table: 'LoginHistory',
      columns: [
        ...['Id', 'UserId', 'LoginTime', 'LoginType', 'LoginSubType', 'SourceIp', 'LoginUrl', 'TlsProtocol'],
        ...['Browser', 'Platform', 'Status', 'Application', 'ClientVersion', 'ApiType', 'ApiVersion', 'CountryIso'],
        'OptionsIsPost',
      ],
      count: of.logins,
    },
    (index) => {
      const user = random.pick(users)
      const { machine } = user
      const soap = machine && index % 7 === 0
      // Ids rise with time, as they do where rows are written as things happen.
      const at = now - half * second + Math.floor((index / of.logins) * half) * second
      const type = soap ? 'Other Apex API' : machine ? 'Remote Access 2.0' : 'Application'
      const sub = soap ? null : machine ? 'OauthRefreshToken' : 'UsernamePasswordUiLogin'
      return [
        ...[org.ids.id('0Ya'), user.id, dateTimeText(at), type, sub],
        ...[`203.0.113.${index % 250}`, 'scale.my.salesforce.com', 'TLS 1.3'],
        ...[machine ? (clients[index % 4] ?? '') : (browsers[index % 4] ?? ''), machine ? 'Unknown' : 'Windows 10'],
        ...[index % 50 === 3 ? 'Invalid Password' : 'Success', soap ? 'N/A' : machine ? appName() : 'Browser', 'N/A'],
        ...[soap ? 'SOAP Partner' : 'N/A', soap ? '58.0' : 'N/A', 'DE', 1],
      ]
    },
  )
  bulkInsert(
    org,
    {
      table: 'SetupAuditTrail',
      columns: ['Id', 'Action', 'Section', 'CreatedDate', 'CreatedById', 'Display'],
      count: of.changes,
    },
    (index) => {
      // Twenty a second, as a deployment writes them.
      const at = now - half * second + Math.floor(Math.floor(index / 20) * ((half * 20) / of.changes)) * second
      const text = `Changed permission set Set_${index}: field-level security`
      return [org.ids.id('0Ym'), 'PermSetFlsChanged', 'Manage Users', dateTimeText(at), random.pick(users).id, text]
    },
  )
}
