/** LoginHistory rows: how a login that worked or failed looks to an administrator and to a detector. */
import type { Call } from '../oauth/context.ts'
import { insertPlatformRow, platformTime } from '../state/platform-rows.ts'

export type LoginSubType =
  | 'OauthRefreshToken'
  | 'OauthHybridRefreshToken'
  | 'OauthWebServer'
  | 'OauthHybridWebServer'
  | 'OauthUsernamePassword'
  | 'OauthClientCredentials'

export function recordLogin(
  call: Call,
  login: {
    readonly userId: string
    readonly app: string
    readonly subType: LoginSubType | null
    readonly status: string
    readonly type?: 'Remote Access 2.0' | 'Other Apex API' | 'Application'
    readonly apiType?: string
    readonly apiVersion?: string
  },
): string {
  // Exchanging a refresh token is no login of the user's.
  const counts = login.status === 'Success' && login.subType !== 'OauthRefreshToken'
  if (counts)
    call.org.sql('UPDATE User SET LastLoginDate = ? WHERE Id = ?').run(platformTime(call.org.now()), login.userId)
  return insertPlatformRow(call.org, 'LoginHistory', {
    UserId: login.userId,
    LoginTime: call.org.now(),
    LoginType: login.type ?? 'Remote Access 2.0',
    LoginSubType: login.subType,
    SourceIp: call.source,
    LoginUrl: new URL(call.request.baseUrl).host,
    Status: login.status,
    Application: login.app,
    ApiType: login.apiType ?? 'N/A',
    ApiVersion: login.apiVersion ?? 'N/A',
    Browser: (call.request.headers['user-agent'] ?? 'Unknown').slice(0, 64),
    ClientVersion: 'N/A',
    Platform: 'Unknown',
    CountryIso: null,
  })
}
