/** `grant_type=client_credentials`: only at the org's own address, in the name of the app's execution user. */
import type { SimResponse } from '../route.ts'
import { userByName } from '../state/users.ts'
import { requireClient } from './client.ts'
import type { Call } from './context.ts'
import { issueTokens } from './issue.ts'
import { refuse } from './refusal.ts'
import { objectionTo } from './user-policy.ts'

/** Scopes that make no sense without a person; Salesforce strips them. */
const strippedScopes = new Set(['full', 'web', 'refresh_token'])

export function clientCredentials(call: Call): SimResponse {
  if (call.viaLogin) return refuse(call, 'wrong-domain')
  const app = requireClient(call, () => true)
  if ('status' in app) return app
  if (!app.settings.clientCredentials) return refuse(call, 'client-credentials-off')
  const name = app.settings.clientCredentialsUser
  const user = name === null ? undefined : userByName(call.org, name)
  if (user === undefined || (app.settings.clientCredentialsApiOnly && !user.apiOnly)) return refuse(call, 'no-run-as')
  const subType = 'OauthClientCredentials'
  const objection = objectionTo(call, user, app, 'login')
  if (objection !== undefined)
    return refuse(call, objection.reason, { userId: user.id, app: app.name, subType, status: objection.status })
  const scopes = app.scopes.filter((scope) => !strippedScopes.has(scope))
  return issueTokens(call, { user, app, scopes, grant: null, refreshToken: null, rotated: null, subType })
}
