/**
 * The error bodies of the token endpoint, one row each. `reason` says what the org knows and the wire doesn't: one and
 * the same body stands for a rotated-out, a revoked, an expired and an unknown refresh token.
 */
import type { SimResponse } from '../route.ts'
import { json } from './context.ts'
import type { Call } from './context.ts'
import { recordLogin } from '../sessions/login-history.ts'
import type { LoginSubType } from '../sessions/login-history.ts'

const rows = {
  'unknown-client': ['invalid_client_id', 'client identifier invalid'],
  'wrong-secret': ['invalid_client', 'invalid client credentials'],
  'not-installed': ['invalid_client', 'app must be installed into org'],
  blocked: ['OAUTH_APP_BLOCKED', 'this app is blocked by admin'],
  'unknown-token': ['invalid_grant', 'expired access/refresh token'],
  'rotated-token': ['invalid_grant', 'expired access/refresh token'],
  'revoked-token': ['invalid_grant', 'expired access/refresh token'],
  'expired-token': ['invalid_grant', 'expired access/refresh token'],
  'other-client': ['invalid_grant', 'expired access/refresh token'],
  'in-flight': ['invalid_grant', 'token request is already being processed'],
  'expired-code': ['invalid_grant', 'expired authorization code'],
  'unknown-code': ['invalid_grant', 'invalid authorization code'],
  'wrong-verifier': ['invalid_grant', 'invalid code verifier'],
  'missing-verifier': ['invalid_grant', 'invalid code verifier'],
  'missing-challenge': ['invalid_request', 'missing required code challenge'],
  'wrong-redirect': ['redirect_uri_mismatch', 'redirect_uri must match configuration'],
  authentication: ['invalid_grant', 'authentication failure'],
  'inactive-user': ['invalid_grant', 'inactive user'],
  'inactive-org': ['inactive_org', 'organization is inactive'],
  'ip-restricted': ['invalid_grant', 'ip restricted'],
  'not-approved': ['invalid_grant', "user hasn't approved this consumer"],
  'not-admin-approved': ['invalid_app_access', 'user is not admin approved to access this app'],
  'wrong-audience': ['invalid_grant', 'audience is invalid'],
  'wrong-assertion': ['invalid_grant', 'invalid assertion'],
  'expired-assertion': ['invalid_grant', 'expired authorization code'],
  'no-run-as': ['invalid_grant', 'no client credentials user enabled'],
  'wrong-domain': ['invalid_grant', 'request not supported on this domain'],
  'client-credentials-off': ['invalid_grant', 'client credentials flow not enabled'],
  'flow-off': ['invalid_request', 'flow is not enabled for this app'],
  'unsupported-grant': ['unsupported_grant_type', 'grant type not supported'],
  'unsupported-response': ['unsupported_response_type', 'response type not supported'],
  'missing-parameter': ['invalid_request', 'missing required parameter'],
  pending: ['authorization_pending', 'user has not authorized the device yet'],
  denied: ['access_denied', 'end-user denied authorization'],
  'login-rate': ['invalid_grant', 'login rate exceeded'],
} as const satisfies Record<string, readonly [string, string]>

export type RefusalReason = keyof typeof rows

export const refusalText = (reason: RefusalReason): readonly [string, string] => rows[reason]

/** Answers a refusal, remembers it, and leaves a LoginHistory row where the user is known. */
export function refuse(
  call: Call,
  reason: RefusalReason,
  login?: {
    readonly userId: string
    readonly app: string
    readonly subType: LoginSubType | null
    readonly status: string
  },
): SimResponse {
  const [error, description] = rows[reason]
  call.org.record(call.number, { kind: 'refused', error, description, reason })
  if (login !== undefined) recordLogin(call, login)
  return json(400, { error, error_description: description })
}
