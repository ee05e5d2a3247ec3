/** What a change takes away from somebody, in the words of the platform: from this it is judged who would be cut off. */
import type { Flow, IpRange } from '../facts.ts'

export type Restriction =
  /** Afterwards only these users (by username) may use the app. */
  | { readonly is: 'permitted-users'; readonly app: string; readonly users: readonly string[] }
  | { readonly is: 'blocked-app'; readonly app: string }
  /** Logins from elsewhere are refused: to a profile's users, or to all. */
  | { readonly is: 'login-addresses'; readonly profile: string | null; readonly ranges: readonly IpRange[] }
  /** Of a connected or external client app: its users may not come from elsewhere (IP relaxation ends). */
  | { readonly is: 'app-addresses'; readonly app: string }
  /** Refresh tokens of the app are good only from there. */
  | { readonly is: 'token-addresses'; readonly app: string; readonly ranges: readonly IpRange[] }
  /** Minutes of each day (UTC or the org's time zone, as the profile has it) in which users of the profile may log in. */
  | {
      readonly is: 'login-hours'
      readonly profile: string
      readonly hours: Readonly<Record<string, readonly [from: number, to: number] | null>>
    }
  | { readonly is: 'scopes'; readonly app: string; readonly removed: readonly string[] }
  | { readonly is: 'callbacks'; readonly app: string; readonly removed: readonly string[] }
  /** Null: of every app of the org. */
  | { readonly is: 'pkce'; readonly app: string | null }
  | { readonly is: 'flow-off'; readonly app: string | null; readonly flow: Flow | 'oauth-password' }
  | { readonly is: 'secret-required'; readonly app: string; readonly at: 'web-server' | 'refresh' | 'token-exchange' }
  /** Refresh tokens become one-time: who shares one, or does not keep the new one, loses access. */
  | { readonly is: 'rotation'; readonly app: string }
  /** Tokens unused, or alive, for longer end. Null: no such end. */
  | {
      readonly is: 'token-lifetime'
      readonly app: string
      readonly idleDays: number | null
      readonly lifetimeDays: number | null
    }
  /** People who log in to the user interface have to show a second factor. Null: everybody. */
  | { readonly is: 'mfa'; readonly users: readonly string[] | null }
  | { readonly is: 'permission-removed'; readonly permission: string; readonly users: readonly string[] }
  /** SOAP login() is refused. Null: to everybody. */
  | { readonly is: 'soap-login-off'; readonly users: readonly string[] | null }
  /** Only apps that an administrator allowed may use APIs. */
  | { readonly is: 'api-access-control'; readonly allowed: readonly string[] }
  /** Logins at login.salesforce.com end: only My Domain's host is left. Of people, or of programs. */
  | { readonly is: 'my-domain-only'; readonly whom: 'people' | 'programs' }
  /** Users are deactivated or frozen. */
  | { readonly is: 'users-off'; readonly users: readonly string[] }
  /** Passwords end after so many days: of a profile's users, or (null) of all whose profile has no rule of its own. */
  | { readonly is: 'passwords-expire'; readonly profile: string | null; readonly days: number }
  /** A session is good at the address only that it was made at. */
  | { readonly is: 'session-address' }
  /** Sessions that nobody uses end earlier: of an app, of a profile's users, or (both null) of all. */
  | { readonly is: 'session-timeout'; readonly app: string | null; readonly profile: string | null }
  /** Fewer wrong passwords lock an account, or for longer: of a profile's users, or (null) of all. */
  | { readonly is: 'lockout'; readonly profile: string | null }
  /** Takes nothing from anybody who works today, and why. */
  | { readonly is: 'nothing'; readonly why: string }
