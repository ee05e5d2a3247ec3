/**
 * What an audit knows of an org: one family a collector. Times are epoch ms. No secret and no token is ever a fact: the
 * columns AccessToken, RequestToken and DeleteToken of OauthToken are never selected here.
 */
import type { Fact } from './fact.ts'

export type Origin =
  /** Made in this org. */
  | 'local'
  /** Of a package, or used and installed from its owner's org: what its owner alone can change is not ours to fix. */
  | 'packaged'
  | 'installed'
  /** Tokens are used, and the app is not installed here. */
  | 'uninstalled'

/** Both ends included, as the org writes them: IPv4 or IPv6, unchecked. */
export interface IpRange {
  readonly from: string
  readonly to: string
}

export type SettingValue = string | number | boolean | readonly string[]

export type Flow =
  'web-server' | 'user-agent' | 'device' | 'jwt-bearer' | 'client-credentials' | 'token-exchange' | 'code-credential'

/** Names of its metadata components, with the namespace: what a change of it is made to. */
export interface AppFiles {
  /** Of ConnectedApp or ExternalClientApplication. */
  readonly app: string
  /** Of an external client app; missing: it has none. */
  readonly parts: Readonly<Partial<Record<AppPart, string>>>
}

/** The files of an external client app: tied to it by an element, and named as somebody liked. */
export type AppPart = 'oauth' | 'global' | 'policies' | 'app' | 'security'

/**
 * One app, in the words of its metadata: scopes as metadata names them (`Full`, `Api`, `RefreshToken`, …). Of an
 * uninstalled app only name, tokens and last login can be known; its other facts are unknown (`not-provisioned`).
 */
export interface AppFact {
  /** `connected` or `external` (external client app). */
  readonly kind: 'connected' | 'external'
  readonly id: string | null
  readonly name: string
  readonly label: string
  /** Of the package it came with, or null. */
  readonly namespace: string | null
  readonly origin: Fact<Origin>
  /** Missing: not read. Null: the org shows none. */
  readonly files?: AppFiles | null
  /** Here: made, or installed. Epoch ms. Missing: not read. Null: the org shows none. */
  readonly created?: number | null
  /** Has OAuth settings at all; an app for SAML or canvas only has none. */
  readonly oauth: Fact<boolean>
  readonly blocked: Fact<boolean>
  readonly scopes: Fact<readonly string[]>
  readonly callbacks: Fact<readonly string[]>
  /** `all` may authorise themselves, or `admin` approves. */
  readonly permittedUsers: Fact<'all' | 'admin'>
  readonly permittedProfiles: Fact<readonly string[]>
  readonly permittedPermissionSets: Fact<readonly string[]>
  /** Active users that reach it by those profiles and permission sets. */
  readonly permittedUserCount: Fact<number>
  /** `ENFORCE`, `ENFORCE_RELAXREFRESH`, `BYPASS_2FACTOR`, `BYPASS`: the words of connected apps, for both kinds. */
  readonly ipRelaxation: Fact<string>
  /** The app's own trusted ranges for the web-server flow; empty: none. */
  readonly trustedIpRanges: Fact<readonly IpRange[]>
  /**
   * Declared and effective in the grammar of connected apps (`infinite`, `zero`, `specific_lifetime:1:DAYS`,
   * `specific_inactivity:30:DAYS`); effective is what holds in fact (idle TTL makes metadata lie). `idleDays`: dies when
   * unused that long; `lifetimeDays`: dies in any case; null: never.
   */
  readonly refreshTokenPolicy: Fact<{
    readonly declared: string
    readonly effective: string
    readonly idleDays: number | null
    readonly lifetimeDays: number | null
  }>
  readonly rotation: Fact<boolean>
  readonly pkceRequired: Fact<boolean>
  readonly secretRequiredForWebServer: Fact<boolean>
  readonly secretRequiredForRefresh: Fact<boolean>
  readonly idleTtl: Fact<boolean>
  /** Refresh-token IP allowlist; empty: none. */
  readonly tokenIpRanges: Fact<readonly IpRange[]>
  readonly flows: Fact<readonly Flow[]>
  /**
   * Of an external client app: what the org’s policies say of the client-credentials flow, beside the app’s own switch in
   * `flows`. Missing: a connected app, or not read.
   */
  readonly clientCredentialsByPolicy?: Fact<boolean>
  readonly secretRequiredForTokenExchange: Fact<boolean>
  /** Whom the client-credentials flow runs as, by username; null: the flow is off or nobody is set. */
  readonly runsAs: Fact<string | null>
  /** Of the id token: minutes it is valid, and for whom. Null: the app issues none of its own making. */
  readonly idToken: Fact<{ readonly minutes: number; readonly audiences: readonly string[] } | null>
  readonly accessTokenFormat: Fact<'opaque' | 'jwt'>
  readonly sessionTimeoutMinutes: Fact<number>
  readonly introspectsAllTokens: Fact<boolean>
  readonly certificate: Fact<{ readonly notAfter: number; readonly keyBits: number; readonly sha256: string } | null>
  readonly tokens: Fact<{ readonly count: number; readonly users: number; readonly lastUsed: number | null }>
  readonly lastLogin: Fact<number | null>
}

export interface TokenFact {
  /** The name the grant was made under, which may not be the app's name of today. */
  readonly app: string
  /** Of the app (`0H4…`, `0xI…`), where the org tells it. */
  readonly appId: string | null
  /** By username. */
  readonly user: string
  readonly created: number
  readonly lastUsed: number | null
  readonly useCount: number
}

/** Counted first, then read; `complete` only when what was read is what was counted. */
export interface TokenInventory {
  readonly counted: number
  readonly read: number
  readonly complete: boolean
  readonly why: string
  readonly tokens: readonly TokenFact[]
}

export type MfaMethod =
  'security-key' | 'built-in-authenticator' | 'salesforce-authenticator' | 'totp' | 'temporary-code' | 'lightning-login'

export interface UserFact {
  readonly id: string
  readonly username: string
  readonly name: string
  readonly profile: string
  readonly profileId: string
  /** Has the standard System Administrator profile, whatever the org's language calls it. */
  readonly systemAdministrator: boolean
  /** `Standard` for the company's own people and machines; `Guest`, `PowerPartner`, … for others. */
  readonly userType: string
  readonly license: string
  readonly active: boolean
  readonly frozen: Fact<boolean>
  /** Id of its UserLogin, by which it is frozen. Missing: not read. */
  readonly loginId?: string
  readonly created: number
  readonly lastLogin: number | null
  /** Null: it never had a password. */
  readonly passwordChanged: Fact<number | null>
  /** Of the permissions an audit asks for (`controls/permissions.ts`), those it has by profile, sets and groups together. */
  readonly permissions: Fact<readonly string[]>
  /** Objects it may do this to, by all its grants together; read of machines only (`not-collected` for people). */
  readonly objects: Fact<{
    readonly delete: readonly string[]
    readonly allRecords: readonly string[]
    readonly allFields: readonly string[]
  }>
  readonly permissionSets: Fact<readonly string[]>
  /**
   * Machine, person, or nobody can tell, by the licence, the profile, API-only and the logins. `programLogins`: of a
   * person's user that programs use so much that it may be an integration's, too.
   */
  readonly nature: {
    readonly is: 'machine' | 'person' | 'unknown'
    readonly why: string
    readonly programLogins?: number
  }
  /** Methods registered; empty: none. */
  readonly mfaMethods: Fact<readonly MfaMethod[]>
}

export interface ProfileFact {
  readonly id: string
  readonly name: string
  /** As its metadata is named, such as `Admin`. Missing: not read. */
  readonly fullName?: string
  readonly custom: boolean
  readonly activeUsers: Fact<number>
  /** Login hours restrict at least one hour of the week. */
  readonly loginHours: Fact<boolean>
  readonly loginRanges: Fact<readonly IpRange[]>
  /**
   * What this profile sets instead of the org (ProfilePasswordPolicy, ProfileSessionSetting), by the org's path and in
   * the org's words: `Security.passwordPolicies.minimumPasswordLength` → 8. Empty: nothing.
   */
  readonly overrides: Fact<Readonly<Record<string, SettingValue>>>
  /** Name of the component that sets it, by its type (`ProfilePasswordPolicy`). Absent: nothing does. */
  readonly overriddenBy?: Readonly<Record<string, string>>
  readonly permissions: Fact<readonly string[]>
}

export interface PermissionSetFact {
  readonly id: string
  readonly name: string
  readonly label: string
  readonly custom: boolean
  readonly assigned: Fact<number>
  readonly permissions: Fact<readonly string[]>
}

export interface CertificateFact {
  readonly name: string
  readonly notAfter: number
  readonly keyBits: number
  /** Apps, identity providers and callouts that name it; the org lists them nowhere. */
  readonly usedBy: Fact<readonly string[]>
}

export interface LoginUse {
  readonly user: string
  /** LoginType and LoginSubType, as Salesforce names them. */
  readonly type: string
  readonly subType: string | null
  readonly application: string | null
  readonly client: string | null
  readonly address: string
  /** Where it logged in, such as `login.salesforce.com`. Absent: not read. */
  readonly host?: string | null
  readonly worked: number
  readonly failed: number
  readonly last: number
}

export interface AuditTrailFact {
  readonly at: number
  readonly by: string
  readonly action: string
  readonly section: string
  readonly text: string
}

interface PermissionSetGroupFact {
  readonly name: string
  readonly label: string
  /** `Updated`, or `Outdated`, `Updating`, `Failed`: then what its members have in fact is not what it says. */
  readonly status: string
  readonly assigned: Fact<number>
}

interface RemoteSiteFact {
  readonly name: string
  readonly url: string
  readonly active: boolean
  readonly protocolSecurityDisabled: boolean
}

/** What visitors who never logged in may do with records. */
export interface GuestAccessFact {
  readonly profile: string
  readonly object: string
  readonly rights: readonly ('create' | 'read' | 'edit' | 'delete' | 'view-all' | 'modify-all')[]
}

interface DeploymentFact {
  /** By username. */
  readonly by: string
  readonly count: number
  readonly last: number
}

export interface EventLogFact {
  readonly type: string
  readonly oldest: number
  readonly newest: number
  readonly days: number
}

interface HealthCheckFact {
  readonly score: number | null
  readonly customBaselines: readonly string[]
  /** By the baseline's name of the setting, such as `SessionSettings.csrfGet`; those that meet the standard too. */
  readonly risks: readonly { readonly setting: string; readonly category: string; readonly risk: string }[]
}

/** What a scan of repositories found: paths and kinds, never a value. */
interface RepositoryFact {
  readonly repositories: readonly string[]
  readonly secrets: readonly { readonly path: string; readonly kind: string; readonly inHistoryOnly: boolean }[]
  /** Patterns that must be ignored and are not. */
  readonly notIgnored: readonly { readonly repository: string; readonly pattern: string }[]
}

/** What Keyturn itself knows. */
export interface KeyturnFact {
  /** Credentials with a schedule, those of them that are late, and those without any. */
  readonly scheduled: readonly string[]
  readonly overdue: readonly string[]
  readonly unscheduled: readonly string[]
  /**
   * Fields and addresses that were lent and not taken back, of all orgs; `until` is epoch ms. Absent: read before it was
   * looked at.
   */
  readonly lent?: readonly {
    readonly id: string
    readonly org: string
    readonly what: string
    readonly until: number
  }[]
  /** The span of the Setup Audit Trail it keeps without a gap; null: it keeps none. */
  readonly auditTrail: { readonly from: number; readonly to: number } | null
}

export interface Facts {
  readonly apps: Fact<readonly AppFact[]>
  readonly tokens: Fact<TokenInventory>
  readonly users: Fact<readonly UserFact[]>
  /** Names of user permissions this org knows, without the prefix `Permissions`: what is absent nobody can have. */
  readonly permissionNames: Fact<readonly string[]>
  readonly permissionSets: Fact<readonly PermissionSetFact[]>
  readonly permissionSetGroups: Fact<readonly PermissionSetGroupFact[]>
  readonly profiles: Fact<readonly ProfileFact[]>
  /**
   * By the path of the metadata element, such as `Security.passwordPolicies.minimumPasswordLength`; numbers as numbers.
   * `Security.networkAccess.ipRanges` is a list of `FROM-TO`, empty where Security was read and has no such element.
   * A path that is missing here was not collected.
   */
  readonly settings: Readonly<Record<string, Fact<SettingValue>>>
  readonly certificates: Fact<readonly CertificateFact[]>
  readonly remoteSites: Fact<readonly RemoteSiteFact[]>
  readonly guestAccess: Fact<readonly GuestAccessFact[]>
  /** Deployments of the last `days`, by who deployed. */
  readonly deployments: Fact<readonly DeploymentFact[]>
  /** Public links to files. */
  readonly contentLinks: Fact<{ readonly total: number; readonly withoutExpiry: readonly string[] }>
  readonly eventLogs: Fact<readonly EventLogFact[]>
  readonly healthCheck: Fact<HealthCheckFact>
  /** Logins of the last `days`, summed by who, how and from where. */
  readonly logins: Fact<{
    readonly days: number
    readonly rows: number
    readonly uses: readonly LoginUse[]
    /**
     * Where there were too many sums to hold, addresses are networks (`203.0.113.0/24`): of people's logins, of all; or
     * one `*` stands for all of them. Absent: `none`.
     */
    readonly addresses?: 'none' | 'people' | 'all' | 'gone'
  }>
  readonly auditTrail: Fact<readonly AuditTrailFact[]>
  readonly repository: Fact<RepositoryFact>
  readonly keyturn: Fact<KeyturnFact>
}

export type Family = keyof Facts
