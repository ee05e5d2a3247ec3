/** The apps of fifteen years: callbacks at localhost, every scope, tokens for ever, and some that nobody installed. */
import type { AppSettings } from '../../state/settings.ts'
import { domain } from './people.ts'

/** Who has authorised it, when, when it was last used (days ago), and how often. */
type Use = readonly [user: string, made: number, used: number, count: number]

export interface LegacyApp {
  readonly name: string
  readonly kind?: 'external'
  readonly callbacks: readonly string[]
  readonly scopes: readonly string[]
  readonly settings: Partial<AppSettings>
  readonly uses: readonly Use[]
  /** The package it came in. */
  readonly namespace?: string
  readonly jwt?: boolean
  /** Permission sets that may use it. */
  readonly sets?: readonly string[]
}

const careless: Partial<AppSettings> = {
  rotation: false,
  pkceRequired: false,
  refreshTokenPolicy: { kind: 'infinite' },
  idleLimitMs: null,
  ipRelaxation: 'BYPASS',
  permittedUsers: 'self',
}
const day = 86_400_000
const everything = ['full', 'refresh_token']

export const apps: readonly LegacyApp[] = [
  {
    name: 'ERP_Sync',
    callbacks: ['https://erp.legacy.example/oauth/callback'],
    scopes: everything,
    settings: careless,
    uses: [
      ['erp.sync', 1500, 0, 90_000],
      ['etl.loader', 1200, 40, 800],
    ],
  },
  {
    name: 'Team_CLI',
    callbacks: ['http://localhost:1717/OauthRedirect', 'http://localhost:8080/'],
    scopes: ['full', 'api', 'web', 'refresh_token'],
    settings: { ...careless, secretRequiredForCode: false, secretRequiredForRefresh: false, deviceFlow: true },
    uses: [
      ['jenkins.deploy', 900, 1, 4000],
      ['contractor.one', 200, 15, 60],
      ['contractor.two', 700, 240, 90],
      ['consultant.old', 1000, 640, 300],
    ],
  },
  {
    name: 'Marketing_Hub',
    namespace: 'mkhub',
    callbacks: ['https://app.marketinghub.example/sf/callback'],
    scopes: ['api', 'full', 'refresh_token'],
    settings: careless,
    uses: [
      ['marketing.hub', 500, 0, 210_000],
      ['lena.lang', 300, 120, 20],
    ],
  },
  {
    name: 'Drift_Connector',
    namespace: 'drift',
    callbacks: ['https://drift.example/callback'],
    scopes: ['api', 'refresh_token'],
    settings: { ...careless, permittedUsers: 'admin', ipRelaxation: 'ENFORCE' },
    sets: ['Vendor_Package_Access'],
    uses: [['drift.sync', 800, 0, 500_000]],
  },
  {
    name: 'Data_Loader_Nightly',
    callbacks: ['https://login.salesforce.com/services/oauth2/success'],
    scopes: everything,
    settings: { ...careless, passwordFlow: true },
    uses: [['dataloader.nightly', 1800, 0, 12_000]],
  },
  {
    name: 'Reporting_Portal',
    callbacks: ['https://reports.legacy.example/cb'],
    scopes: ['api', 'refresh_token', 'id'],
    settings: careless,
    uses: [['reporting.portal', 1900, 300, 6000]],
  },
  {
    name: 'Legacy_Mobile',
    callbacks: ['legacyapp://oauth/done'],
    scopes: ['full', 'refresh_token', 'web'],
    settings: {
      ...careless,
      secretRequiredForCode: false,
      secretRequiredForRefresh: false,
      sessionTimeoutMs: 1440 * 60_000,
    },
    uses: [
      ['hanna.hill', 600, 5, 900],
      ['ivan.ives', 580, 2, 1200],
      ['marco.moss', 560, 130, 300],
      ['karl.king', 540, 33, 450],
    ],
  },
  {
    name: 'Old_Intranet',
    callbacks: ['http://intranet.legacy.example/sf'],
    scopes: everything,
    settings: careless,
    uses: [['old.intranet', 2700, 320, 8000]],
  },
  {
    name: 'Jenkins_CI',
    jwt: true,
    callbacks: ['https://ci.legacy.example/none'],
    scopes: ['api', 'web', 'refresh_token'],
    settings: { ...careless, permittedUsers: 'admin', preAuthorizedUsers: [`jenkins.deploy@${domain}`] },
    uses: [['release.robot', 400, 1, 700]],
  },
  {
    name: 'Server_Batch',
    callbacks: ['https://batch.legacy.example/none'],
    scopes: ['full', 'api'],
    settings: {
      ...careless,
      clientCredentials: true,
      clientCredentialsApiOnly: false,
      clientCredentialsUser: `etl.loader@${domain}`,
    },
    uses: [],
  },
  {
    name: 'Token_Inspector',
    callbacks: ['https://inspect.legacy.example/cb'],
    scopes: ['api', 'refresh_token'],
    settings: { ...careless, introspectAllTokens: true, idleLimitMs: 30 * day },
    uses: [['bruno.berg', 120, 20, 40]],
  },
  {
    name: 'Billing_Sync',
    kind: 'external',
    callbacks: ['https://billing.legacy.example/oauth/callback'],
    scopes: ['api', 'refresh_token'],
    sets: ['Billing_Sync_App'],
    settings: {
      rotation: true,
      pkceRequired: true,
      refreshTokenPolicy: { kind: 'inactivity', ms: 30 * day },
      idleLimitMs: 30 * day,
      permittedUsers: 'admin',
      ipRelaxation: 'ENFORCE',
      refreshTokenIpAllowlist: ['203.0.113.10'],
      passwordFlow: false,
    },
    uses: [['billing.sync', 110, 0, 9000]],
  },
  {
    name: 'Analytics_Bridge',
    kind: 'external',
    callbacks: ['https://bridge.analytics.example/cb'],
    scopes: ['full', 'refresh_token', 'openid'],
    settings: careless,
    uses: [
      ['xenia.xu', 90, 1, 400],
      ['yann.york', 85, 9, 200],
      ['ada.admin', 80, 2, 30],
    ],
  },
  {
    name: 'Chat_Assistant',
    kind: 'external',
    callbacks: ['http://localhost:3000/callback', 'https://chat.legacy.example/cb'],
    scopes: ['full', 'refresh_token', 'mcp_api'],
    settings: { ...careless, accessTokenFormat: 'jwt', idleLimitMs: 30 * day },
    uses: [
      ['vera.vale', 30, 0, 700],
      ['rosa.reed', 28, 0, 500],
    ],
  },
  {
    name: 'Warehouse_Feed',
    kind: 'external',
    namespace: 'whfeed',
    callbacks: ['https://feed.warehouse.example/cb'],
    scopes: ['api', 'refresh_token'],
    settings: { ...careless, deviceFlow: true },
    uses: [['reporting.portal', 420, 310, 5000]],
  },
  {
    name: 'My_Ticket_Portal',
    callbacks: ['https://tickets.attacker.example/cb'],
    scopes: ['full', 'refresh_token'],
    settings: { ...careless, installed: false, deviceFlow: true },
    uses: [['contractor.one', 9, 3, 66]],
  },
  {
    name: 'Workflow_Zap',
    callbacks: ['https://zap.example/cb'],
    scopes: ['api', 'refresh_token'],
    settings: { ...careless, installed: false },
    uses: [
      ['lena.lang', 220, 1, 3400],
      ['hanna.hill', 210, 190, 12],
    ],
  },
]
