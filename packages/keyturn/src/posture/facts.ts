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

export interface AppFact {
  /** `connected` or `external` (external client app). */
  readonly kind: 'connected' | 'external'
  readonly id: string | null
  readonly name: string
  readonly label: string
  readonly origin: Fact<Origin>
  readonly blocked: Fact<boolean>
  readonly scopes: Fact<readonly string[]>
  readonly callbacks: Fact<readonly string[]>
  /** `all` may authorise themselves, or `admin` approves. */
  readonly permittedUsers: Fact<'all' | 'admin'>
  readonly permittedProfiles: Fact<readonly string[]>
  readonly permittedPermissionSets: Fact<readonly string[]>
  readonly ipRelaxation: Fact<string>
  /** Declared, in metadata's words; and what holds in fact (idle TTL makes metadata lie). */
  readonly refreshTokenPolicy: Fact<{
    readonly declared: string
    readonly effective: string
    readonly idleDays: number | null
  }>
  readonly rotation: Fact<boolean>
  readonly pkceRequired: Fact<boolean>
  readonly secretRequiredForWebServer: Fact<boolean>
  readonly secretRequiredForRefresh: Fact<boolean>
  readonly idleTtl: Fact<boolean>
  /** Refresh-token IP allowlist; empty: none. */
  readonly tokenIpRanges: Fact<readonly string[]>
  readonly flows: Fact<
    readonly ('web-server' | 'user-agent' | 'device' | 'jwt-bearer' | 'client-credentials' | 'token-exchange')[]
  >
  readonly accessTokenFormat: Fact<'opaque' | 'jwt'>
  readonly sessionTimeoutMinutes: Fact<number>
  readonly introspectsAllTokens: Fact<boolean>
  readonly certificate: Fact<{ readonly notAfter: number; readonly keyBits: number; readonly sha256: string } | null>
  readonly tokens: Fact<{ readonly count: number; readonly users: number; readonly lastUsed: number | null }>
  readonly lastLogin: Fact<number | null>
}

export interface TokenFact {
  readonly app: string
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

export interface UserFact {
  readonly id: string
  readonly username: string
  readonly name: string
  readonly profile: string
  readonly userType: string
  readonly license: string
  readonly active: boolean
  readonly frozen: Fact<boolean>
  readonly lastLogin: number | null
  readonly passwordChanged: Fact<number>
  /** Dangerous permissions it has, by profile, permission sets and groups together. */
  readonly permissions: Fact<readonly string[]>
  readonly permissionSets: Fact<readonly string[]>
  /** Machine, person, or nobody can tell, by the licence, the profile, API-only and the logins. */
  readonly nature: { readonly is: 'machine' | 'person' | 'unknown'; readonly why: string }
  readonly mfaMethods: Fact<readonly string[]>
}

export interface ProfileFact {
  readonly id: string
  readonly name: string
  readonly custom: boolean
  readonly activeUsers: Fact<number>
  readonly loginHours: Fact<boolean>
  readonly loginRanges: Fact<readonly { readonly from: string; readonly to: string }[]>
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
  readonly usedBy: readonly string[]
}

export interface LoginUse {
  readonly user: string
  /** LoginType and LoginSubType, as Salesforce names them. */
  readonly type: string
  readonly subType: string | null
  readonly application: string | null
  readonly client: string | null
  readonly address: string
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

export interface Facts {
  readonly apps: Fact<readonly AppFact[]>
  readonly tokens: Fact<TokenInventory>
  readonly users: Fact<readonly UserFact[]>
  readonly permissionSets: Fact<readonly PermissionSetFact[]>
  readonly profiles: Fact<readonly ProfileFact[]>
  /** By the path of the metadata element, such as `Security.passwordPolicies.minimumPasswordLength`. */
  readonly settings: Readonly<Record<string, Fact<string | number | boolean | readonly string[]>>>
  readonly certificates: Fact<readonly CertificateFact[]>
  /** Logins of the last `days`, summed by who, how and from where. */
  readonly logins: Fact<{ readonly days: number; readonly rows: number; readonly uses: readonly LoginUse[] }>
  readonly auditTrail: Fact<readonly AuditTrailFact[]>
  /** What Keyturn itself knows: credentials older than policy, callers, schedules. */
  readonly keyturn: Fact<{ readonly overdue: readonly string[]; readonly unscheduled: readonly string[] }>
}

export type Family = keyof Facts
