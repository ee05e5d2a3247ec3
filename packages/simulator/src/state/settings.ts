/**
 * The switches of an app and of an org, all changeable in mid-life over the control plane.
 *
 * Where Salesforce's documentation and what was observed differ, or where nobody has said, there is a switch; its
 * default is what the documentation says, or the stricter reading.
 */
import { defaultDataSwitches } from '../data/data-switches.ts'
import type { DataSwitches } from '../data/data-switches.ts'
import type { Dkim } from '../mail/message.ts'

export type RefreshTokenPolicy =
  | { readonly kind: 'infinite' }
  /** Expires at once: a refresh token is issued and never works. */
  | { readonly kind: 'zero' }
  /** Counted from the approval. */
  | { readonly kind: 'lifetime'; readonly ms: number }
  /** Counted from the last use. */
  | { readonly kind: 'inactivity'; readonly ms: number }

export interface AppSettings {
  /** Refresh Token Rotation. Off: the refresh token stays, and the answer to a refresh has no `refresh_token`. */
  readonly rotation: boolean
  /** A rotated-out token presented again: kills what `cascade` says, or is only rejected (seen in the field). */
  readonly reuse: 'documented' | 'lenient'
  /** What a reuse kills: the current refresh token of this grant and its access tokens, or all of this user and app. */
  readonly cascade: 'family' | 'user-app'
  /** How long after a reuse the cascade comes (nobody knows; a reuse was seen to leave the grant alive for minutes). */
  readonly cascadeDelayMs: number
  /** Overlapping token requests: refused per refresh token, per app, or not at all. */
  readonly lockScope: 'token' | 'app' | 'none'
  /** Being refused for overlapping counts as a reuse (unproven; the harshest reading). */
  readonly lockErrorRevokes: boolean
  readonly refreshTokenPolicy: RefreshTokenPolicy
  /** "Limit Idle Refresh Token TTL to 30 Days"; null: not enforced. */
  readonly idleLimitMs: number | null
  /** Addresses or CIDR ranges that may use refresh tokens; null: not enforced. */
  readonly refreshTokenIpAllowlist: readonly string[] | null
  readonly ipRelaxation: 'ENFORCE' | 'BYPASS' | 'BYPASS_2FACTOR' | 'ENFORCE_RELAXREFRESH'
  /** Approvals per user and app; one more evicts the oldest. */
  readonly maxApprovals: number
  readonly secretRequiredForCode: boolean
  /** False: a secret that is sent anyway is still validated. */
  readonly secretRequiredForRefresh: boolean
  readonly pkceRequired: boolean
  /** A new approval leaves the earlier grants of this user and app alone, or ends them. */
  readonly newAuthorization: 'keeps' | 'kills'
  /** Revoking one grant leaves the other grants of this user and app alone, or ends them. */
  readonly revokeGrant: 'spares' | 'kills'
  /** A flow hands out the session that still lives, or a new one. */
  readonly sessionPerGrant: 'same-live' | 'new'
  /** The OauthToken row survives a rotation, or is replaced by a new one. */
  readonly oauthTokenRow: 'kept' | 'replaced'
  readonly rotationKillsOldAccessToken: boolean
  /** The answer names the refresh token before the access token. */
  readonly refreshTokenFirst: boolean
  readonly accessTokenFormat: 'opaque' | 'jwt'
  readonly jwtAccessTokenLifetimeMs: number
  /** Session inactivity time-out of this app's tokens; null: the org's. */
  readonly sessionTimeoutMs: number | null
  /** What REST says to tokens of this app whatever their state: 401s and 403s that no refresh can cure. */
  readonly uncurable: 'no' | 'always401' | 'not-valid-for-rest' | 'not-attached-to-agent' | 'scope' | 'bad-oauth-token'
  /** `admin`: only users in `preAuthorizedUsers` (user names) may use the app. */
  readonly permittedUsers: 'self' | 'admin'
  readonly preAuthorizedUsers: readonly string[]
  readonly clientCredentials: boolean
  /** User name of the execution user; null: none set. */
  readonly clientCredentialsUser: string | null
  /** The execution user has to be an API-only user. */
  readonly clientCredentialsApiOnly: boolean
  readonly deviceFlow: boolean
  readonly passwordFlow: boolean
  readonly jwtBearer: boolean
  /** Reject a JWT assertion whose `exp` is more than five minutes ahead (Salesforce itself doesn't seem to). */
  readonly strictExp: boolean
  /** User name in whose name /authorize approves by itself; null: a person has to. */
  readonly autoApprove: string | null
  /** False: the app is not installed in the org (`app must be installed into org`). */
  readonly installed: boolean
  readonly introspectAllTokens: boolean
  /** How long a changed consumer key takes to get around (up to ten minutes at Salesforce). */
  readonly propagationMs: number
  /** Until then: every other server knows already, or none does. */
  readonly propagation: 'mixed' | 'late'
  /** Whether a staged consumer pair works before it is rotated in. */
  readonly stagedUsable: 'after-rotate' | 'at-once'
  /** How long the pair that was rotated out goes on working. */
  readonly oldConsumerMs: number
  /** What is in the way of staging: any pair in the staged place, or only one that waits to be rotated in. */
  readonly stagedSlots: 'one' | 'one-active'
  /** What a staged record of state Rotated holds: the pair that was rotated out, or the one that was rotated in. */
  readonly rotatedShows: 'former' | 'promoted'
  /** Which url of a staged record is its own: `stagedCredentialsUrl`, or (as a tool relies on) `url`. */
  readonly stagedUrls: 'documented' | 'swapped'
  /** Grants and sessions that came of the old pair: when they end with it. */
  readonly grantsOfOldKey: 'survive' | 'die-at-rotate' | 'die-at-removal'
  /** Approvals for the JWT bearer flow that came of the old pair. */
  readonly approvalsOfOldKey: 'survive' | 'die-at-rotate' | 'die-at-removal'
  /** Blocked by an administrator: nobody gets in, whoever was in is out. */
  readonly blocked: boolean
  /** "Lock OAuth Security Controls": weakening PKCE, rotation or the idle limit by metadata is refused, or undone. */
  readonly lockedControls: 'no' | 'refused' | 'reverts'
}

/** What an org or a profile demands of passwords; names and values after the metadata types. */
export interface PasswordPolicy {
  readonly passwordMinimumLength: number
  readonly passwordComplexity:
    | 'NoRestriction'
    | 'AlphaNumeric'
    | 'SpecialCharacters'
    | 'UpperLowerCaseNumeric'
    | 'UpperLowerCaseNumericSpecialCharacters'
    | 'Any3UpperLowerCaseNumericSpecialCharacters'
  /** Passwords remembered, the present one included. */
  readonly passwordHistory: number
  /** null: passwords never expire. */
  readonly passwordExpiryDays: number | null
  /** "Require a minimum 1 day password lifetime". */
  readonly passwordMinimumLifetime: boolean
  readonly passwordQuestionRestriction: 'DoesNotContainPassword' | 'None'
  /** Wrong passwords until the user is locked out; null: no limit. */
  readonly lockoutAttempts: number | null
  /** null: until an administrator unlocks the user. */
  readonly lockoutMs: number | null
}

/** The mail server that takes what the org sends. */
export interface MailSettings {
  readonly host: string
  readonly port: number
  /** From header; default: `Salesforce <noreply@salesforce.com>`. */
  readonly from?: string
  /** Envelope sender (Return-Path); default: the address of `from`. */
  readonly sender?: string
  readonly dkim?: Dkim
}

export interface OrgSettings extends PasswordPolicy, DataSwitches {
  readonly sessionTimeoutMs: number
  /** From elsewhere, SOAP login and the password flow want the security token too. */
  readonly trustedAddresses: readonly string[]
  /** Treat every request as coming from this address; null: from where it came (or its X-Sim-Address header). */
  readonly assumedAddress: string | null
  readonly soapLogin: boolean
  readonly passwordFlowBlocked: boolean
  readonly apiEnabled: boolean
  readonly inactive: boolean
  /** What `instance_url` says; null: this org's own address, as the caller sees it. */
  readonly instanceUrl: string | null
  readonly autoApprove: string | null
  readonly loginsPerHour: number
  /** By profile name; such a profile goes by its own policy alone, with defaults for what it doesn't say. */
  readonly profilePasswordPolicies: Readonly<Record<string, Partial<PasswordPolicy>>>
  /** "Allow use of setPassword() API for self-resets". */
  readonly setPasswordForSelf: boolean
  /** Status of INVALID_NEW_PASSWORD over REST: seen as 500, once. */
  readonly passwordRefusalStatus: 400 | 500
  /** "Terminate all of a user's sessions when an admin resets that user's password". */
  readonly endSessionsOnPasswordReset: boolean
  /** Which those are: the browser's, says the metadata reference (none of them is simulated); or all. */
  readonly passwordResetEnds: 'ui' | 'all'
  /** Which of its sessions a user loses by any change of its password. */
  readonly passwordChangeEndsSessions: 'none' | 'others' | 'all'
  /** A password that was set over the API ends the security token, as one that was set on a page does. */
  readonly apiPasswordResetsToken: boolean
  /** … and the new token is mailed. */
  readonly apiPasswordMailsToken: boolean
  /** The mail goes to users, too, who couldn't ask for a token themselves (API only, login ranges, MFA for the API). */
  readonly tokenMailToRestricted: boolean
  /** What a token behind the password does to a login from a trusted address. */
  readonly tokenFromTrusted: 'accepted' | 'refused'
  /** SOAP login() wants the permission "Use Any API Auth". */
  readonly useAnyApiAuthRequired: boolean
  /** A refused consumer or signature leaves a LoginHistory row where the user is known (by token or assertion, or as execution user). */
  readonly clientFailuresInLoginHistory: boolean
  /** null: mails are written and never leave. */
  readonly mail: MailSettings | null
  /** API calls in a day beyond which REST answers 403 REQUEST_LIMIT_EXCEEDED. */
  readonly dailyApiRequests: number
  /** "Allow access to External Client App consumer secrets via REST API". */
  readonly consumerSecretsByRest: boolean
  /** "Allow Access to OAuth Consumer Secrets via Metadata API". */
  readonly consumerSecretsByMetadata: boolean
  /** PKCE for every app of the org. */
  readonly pkceRequired: boolean
  /** New connected apps can be deployed; since Spring '26 only where Support has allowed it. */
  readonly connectedAppCreation: boolean
  /** The expiry of a certificate pasted into an app counts when it is deployed, and when an assertion is verified. */
  readonly expiredCertificateDeploys: boolean
  readonly expiredCertificateVerifies: boolean
  /** A consumer key in the file of a connected app that exists already: refused, or taken where it is the app's own. */
  readonly consumerKeyOnUpdate: 'refused' | 'same-accepted'
  /** What a deployed app file doesn't mention stays as it is, or goes back to its default. */
  readonly absentAppElements: 'unchanged' | 'reset'
  /** The secrets' switch being off, the global OAuth settings show no secret, or can't be seen or deployed at all. */
  readonly globalOauthSettings: 'secret-omitted' | 'closed'
  /** Whether the elements of API 67 (idle limit, DPoP, refresh token allowlist) are in this org's metadata. */
  readonly newOauthElements: 'present' | 'absent'
  /** Permissions of a standard profile can't be changed: a deployment of them succeeds and does nothing, or works. */
  readonly standardProfileEdits: 'reverts' | 'applied'
  /** Profiles (by name) whose Metadata the Tooling API leaves null, as it does for some standard ones. */
  readonly profilesWithoutMetadata: readonly string[]
  /** OauthToken.Id: "currently always null", says the reference; ids were seen on some rows, or on all. */
  readonly oauthTokenIds: 'null' | 'some' | 'all'
  /** Which tokens lead to an AppMenuItem: those of external client apps were seen without. Uninstalled apps never have one. */
  readonly oauthTokenApps: 'all' | 'connected-only'
  /** What /apps/oauth/usage lists: external client apps, or connected apps too. */
  readonly oauthUsageLists: 'external' | 'all'
  /** Whether an exchange of a refresh token that works leaves a LoginHistory row. */
  readonly refreshLogins: 'recorded' | 'absent'
  /** Whether production's login host revokes tokens of sandboxes too (a grant was seen to stay alive). */
  readonly loginHostRevokes: 'production-only' | 'any-org'
  /** How long every answer takes besides its work. */
  readonly latencyMs: number
  /** How long a metadata job waits for its turn, and then takes. */
  readonly metadataQueueMs: number
  readonly metadataRunMs: number
  /** Deployments end in UNKNOWN_EXCEPTION, with nothing done or with everything done. */
  readonly deployException: 'no' | 'nothing-done' | 'all-done'
}

const day = 86_400_000

export const defaultAppSettings: AppSettings = {
  rotation: true,
  reuse: 'documented',
  cascade: 'family',
  cascadeDelayMs: 0,
  lockScope: 'token',
  lockErrorRevokes: false,
  refreshTokenPolicy: { kind: 'infinite' },
  idleLimitMs: 30 * day,
  refreshTokenIpAllowlist: null,
  ipRelaxation: 'ENFORCE',
  maxApprovals: 5,
  secretRequiredForCode: true,
  secretRequiredForRefresh: true,
  pkceRequired: false,
  newAuthorization: 'keeps',
  revokeGrant: 'spares',
  sessionPerGrant: 'new',
  oauthTokenRow: 'kept',
  rotationKillsOldAccessToken: false,
  refreshTokenFirst: false,
  accessTokenFormat: 'opaque',
  jwtAccessTokenLifetimeMs: 30 * 60_000,
  sessionTimeoutMs: null,
  uncurable: 'no',
  permittedUsers: 'self',
  preAuthorizedUsers: [],
  clientCredentials: false,
  clientCredentialsUser: null,
  clientCredentialsApiOnly: true,
  deviceFlow: false,
  passwordFlow: true,
  jwtBearer: true,
  strictExp: false,
  autoApprove: null,
  installed: true,
  introspectAllTokens: false,
  propagationMs: 0,
  propagation: 'mixed',
  stagedUsable: 'after-rotate',
  oldConsumerMs: 30 * day,
  stagedSlots: 'one',
  rotatedShows: 'former',
  stagedUrls: 'documented',
  grantsOfOldKey: 'survive',
  approvalsOfOldKey: 'survive',
  blocked: false,
  lockedControls: 'no',
}

export const defaultOrgSettings: OrgSettings = {
  ...defaultDataSwitches,
  sessionTimeoutMs: 2 * 3_600_000,
  trustedAddresses: ['127.0.0.0/8', '::1/128'],
  assumedAddress: null,
  soapLogin: true,
  passwordFlowBlocked: false,
  apiEnabled: true,
  inactive: false,
  instanceUrl: null,
  autoApprove: null,
  loginsPerHour: 3600,
  passwordMinimumLength: 8,
  passwordComplexity: 'AlphaNumeric',
  passwordHistory: 3,
  passwordExpiryDays: 90,
  passwordMinimumLifetime: false,
  passwordQuestionRestriction: 'DoesNotContainPassword',
  profilePasswordPolicies: {},
  setPasswordForSelf: true,
  passwordRefusalStatus: 400,
  endSessionsOnPasswordReset: false,
  passwordResetEnds: 'ui',
  passwordChangeEndsSessions: 'none',
  apiPasswordResetsToken: true,
  apiPasswordMailsToken: true,
  tokenMailToRestricted: false,
  tokenFromTrusted: 'accepted',
  useAnyApiAuthRequired: false,
  clientFailuresInLoginHistory: false,
  mail: null,
  lockoutAttempts: 10,
  lockoutMs: 15 * 60_000,
  dailyApiRequests: 1_000_000,
  consumerSecretsByRest: false,
  consumerSecretsByMetadata: false,
  pkceRequired: false,
  connectedAppCreation: false,
  expiredCertificateDeploys: false,
  expiredCertificateVerifies: false,
  consumerKeyOnUpdate: 'refused',
  absentAppElements: 'unchanged',
  globalOauthSettings: 'secret-omitted',
  newOauthElements: 'present',
  standardProfileEdits: 'reverts',
  profilesWithoutMetadata: [],
  oauthTokenIds: 'null',
  oauthTokenApps: 'all',
  oauthUsageLists: 'external',
  refreshLogins: 'recorded',
  loginHostRevokes: 'production-only',
  latencyMs: 0,
  metadataQueueMs: 0,
  metadataRunMs: 0,
  deployException: 'no',
}
