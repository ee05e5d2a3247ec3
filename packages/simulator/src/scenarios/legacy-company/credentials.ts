/** Certificates, named credentials, identity providers, packages, event logs, deployments, links: what else turns up. */
import { assignIntegrationLicense, insertRow } from '../../data/index.ts'
import { plantDeployment } from '../../metadata/jobs.ts'
import { insertRow as insertComponent, keepContent } from '../../metadata/store.ts'
import { makeSelfSigned } from '../../metadata/types/stored/self-signed.ts'
import { userId } from './world.ts'
import type { World } from './world.ts'

const day = 86_400_000

/** Name, and days until it ends. */
const certificates: readonly (readonly [string, number])[] = [
  ['SelfSignedCert_2023', -20],
  ['Jenkins_JWT', 12],
  ['Warehouse_mTLS', 300],
]

function makeCertificates(world: World): void {
  const { org, name, ago } = world
  for (const [fullName, days] of certificates) {
    const notAfter = ago(-days)
    const serial = org.ids.hex('certificate', 16)
    const { certificate } = makeSelfSigned({ name: fullName, notBefore: notAfter - 365 * day, notAfter, serial })
    const masterLabel = fullName === 'Jenkins_JWT' ? name('Jenkins JWT', 'formula').slice(0, 64) : fullName
    const expirationDate = new Date(notAfter).toISOString()
    insertComponent(org, {
      id: org.ids.id('0P1'),
      type: 'Certificate',
      fullName,
      body: { caSigned: false, keySize: 2048, masterLabel, privateKeyExportable: true, expirationDate },
      by: userId(world, 'gina.gold'),
    })
    keepContent(org, 'Certificate', fullName, Buffer.from(certificate))
  }
}

const logs: readonly (readonly [type: string, fields: string])[] = [
  ['Login', 'EVENT_TYPE,TIMESTAMP,REQUEST_ID,ORGANIZATION_ID,USER_ID,BROWSER_TYPE,SOURCE_IP,LOGIN_TYPE,LOGIN_STATUS'],
  ['ApiTotalUsage', 'EVENT_TYPE,TIMESTAMP,REQUEST_ID,ORGANIZATION_ID,USER_ID,API_FAMILY,CLIENT_IP,CONNECTED_APP_ID'],
  ['Logout', 'EVENT_TYPE,TIMESTAMP,REQUEST_ID,ORGANIZATION_ID,USER_ID'],
]

/** Without the add-on the org keeps the free types, each for a day. */
function makeEventLogs({ org, ago }: World): void {
  const midnight = Math.floor(ago(0) / day) * day
  for (const [EventType, LogFileFieldNames] of logs)
    insertRow(org, 'EventLogFile', {
      EventType,
      LogDate: midnight - day,
      Interval: 'Daily',
      Sequence: 0,
      LogFileLength: 48_000,
      LogFileContentType: 'text/csv',
      ApiVersion: 66,
      LogFileFieldNames,
      CreatedDate: midnight + 3 * 3_600_000,
    })
}

/** Days ago, and who: the pipeline, the release tool beside it, and an administrator in a hurry. */
const deployments: readonly (readonly [number, string])[] = [
  [90, 'jenkins.deploy'],
  [45, 'jenkins.deploy'],
  [30, 'release.robot'],
  [10, 'jenkins.deploy'],
  [5, 'felix.fox'],
  [2, 'release.robot'],
]

function makeDeployments(world: World): void {
  for (const [days, by] of deployments) plantDeployment(world.org, { userId: userId(world, by), at: world.ago(days) })
}

/** Name, owner, days until it ends (null: never), and its password. */
const links: readonly (readonly [string, string, number | null, string | null])[] = [
  ['Price list 2019', 'sales.emea', null, null],
  ['Contract draft', 'lena.lang', null, 'spring'],
  ['Trade fair pictures', 'contractor.one', 30, null],
]

function makeLinks(world: World): void {
  for (const [Name, owner, days, Password] of links)
    insertRow(world.org, 'ContentDistribution', {
      Name,
      OwnerId: userId(world, owner),
      PreferencesExpires: days !== null,
      ExpiryDate: days === null ? null : world.ago(-days),
      Password,
    })
}

export function makeCredentials(world: World): void {
  const { org, name, ago } = world
  makeCertificates(world)
  makeEventLogs(world)
  makeDeployments(world)
  makeLinks(world)
  for (const [DeveloperName, Endpoint, PrincipalType] of [
    ['ERP', 'https://erp.legacy.example/api', 'NamedUser'],
    ['Old_Intranet', 'http://intranet.legacy.example', 'NamedUser'],
    ['Geo', 'https://geo.example', 'Anonymous'],
  ] as const)
    insertRow(org, 'NamedCredential', {
      DeveloperName,
      MasterLabel: DeveloperName === 'Geo' ? name('Geo', 'markdown') : DeveloperName,
      Endpoint,
      PrincipalType,
    })
  insertRow(org, 'ExternalCredential', { DeveloperName: 'ERP', MasterLabel: 'ERP', AuthenticationProtocol: 'Basic' })
  insertRow(org, 'AuthProvider', {
    DeveloperName: 'Google',
    FriendlyName: 'Google',
    ProviderType: 'Google',
    ExecutionUserId: userId(world, 'consultant.old'),
    CreatedDate: ago(1500),
  })
  insertRow(org, 'SamlSsoConfig', {
    DeveloperName: 'Corporate_IdP',
    MasterLabel: 'Corporate IdP',
    Issuer: 'https://idp.legacy.example',
    Audience: 'https://legacy.my.salesforce.com',
    IdentityMapping: 'UserName',
  })
  for (const [SubscriberPackageName, SubscriberPackageNamespace] of [
    ['Marketing Hub', 'mkhub'],
    ['Drift', 'drift'],
    ['Warehouse Feed', 'whfeed'],
  ])
    insertRow(org, 'InstalledSubscriberPackage', {
      SubscriberPackageId: org.ids.id('033'),
      SubscriberPackageName,
      SubscriberPackageNamespace,
    })
  assignIntegrationLicense(org, userId(world, 'billing.sync'))
}
