/** `grant_type=password`: retired by Salesforce in Winter '27, blockable here; never a refresh token. */
import type { SimResponse } from '../route.ts'
import { judgePassword } from '../sessions/password-login.ts'
import { isPasswordExpired } from '../state/password-policy.ts'
import { requireClient } from './client.ts'
import { param } from './context.ts'
import type { Call } from './context.ts'
import { issueTokens } from './issue.ts'
import { refuse } from './refusal.ts'
import { objectionTo } from './user-policy.ts'

const subType = 'OauthUsernamePassword'

export function usernamePassword(call: Call): SimResponse {
  const app = requireClient(call, () => true)
  if ('status' in app) return app
  const outcome = judgePassword(call, param(call, 'username') ?? '', param(call, 'password') ?? '', 'api')
  if (outcome.kind === 'unknown-user') return refuse(call, 'authentication')
  const failed = (status: string) => ({ userId: outcome.user.id, app: app.name, subType, status }) as const
  if (call.org.settings().passwordFlowBlocked || !app.settings.passwordFlow) {
    return refuse(call, 'authentication', failed('Username-Password Flow Disabled'))
  }
  if (outcome.kind === 'rate') return refuse(call, 'login-rate', failed(outcome.status))
  if (outcome.kind === 'inactive' || outcome.kind === 'frozen')
    return refuse(call, 'inactive-user', failed(outcome.status))
  if (outcome.kind !== 'ok' || isPasswordExpired(call.org, outcome.user)) {
    return refuse(call, 'authentication', failed(outcome.kind === 'ok' ? 'Password expired' : outcome.status))
  }
  const { user } = outcome
  const objection = objectionTo(call, user, app, 'login')
  if (objection !== undefined) return refuse(call, objection.reason, failed(objection.status))
  const scopes = app.scopes.filter((scope) => scope !== 'refresh_token')
  return issueTokens(call, { user, app, scopes, grant: null, refreshToken: null, rotated: null, subType })
}
