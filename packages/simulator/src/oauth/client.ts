/** Which app is calling, and whether it proved it: secret in the body or as HTTP Basic, required or only checked. */
import { timingSafeEqual } from 'node:crypto'
import type { SimRequest, SimResponse } from '../route.ts'
import type { LoginSubType } from '../sessions/login-history.ts'
import { appByClientId, countRefusal, ownerOfKey } from '../state/consumers.ts'
import { findRefreshToken, grantById } from '../state/grants.ts'
import { userByName } from '../state/users.ts'
import type { SimApp } from '../state/apps.ts'
import type { Call } from './context.ts'
import { refuse } from './refusal.ts'
import type { RefusalReason } from './refusal.ts'

const equal = (a: string, b: string): boolean =>
  a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b))

interface Presented {
  readonly id: string | undefined
  readonly secret: string | undefined
}

export function clientCredentialsFrom(request: SimRequest, form: URLSearchParams): Presented {
  const header = /^Basic (.+)$/i.exec(request.headers['authorization'] ?? '')
  const given = (name: string): string | undefined => form.get(name) || undefined
  if (header === null) return { id: given('client_id'), secret: given('client_secret') }
  const [id, secret] = Buffer.from(header[1] ?? '', 'base64')
    .toString()
    .split(':')
  return { id: plain(id), secret: plain(secret) }
}

/** RFC 6749, 2.3.1: both are form-encoded before they are joined; many clients don't, so a stray % is not an error. */
function plain(text: string | undefined): string | undefined {
  try {
    return text === undefined ? undefined : decodeURIComponent(text)
  } catch {
    return text
  }
}

export const clientCredentialsOf = (call: Call): Presented => clientCredentialsFrom(call.request, call.form)

/** The app, or why not. A secret that is sent is validated even where none is required. */
export function judgeClient(call: Call, secretRequired: (app: SimApp) => boolean): SimApp | RefusalReason {
  const { id, secret } = clientCredentialsOf(call)
  const app = id === undefined ? undefined : appByClientId(call.org, id, call.number)
  if (app === undefined) return 'unknown-client'
  if (!app.settings.installed) return 'not-installed'
  if (secret === undefined ? secretRequired(app) : !equal(secret, app.clientSecret)) return 'wrong-secret'
  return app
}

export function requireClient(call: Call, secretRequired: (app: SimApp) => boolean): SimApp | SimResponse {
  const judged = judgeClient(call, secretRequired)
  if (typeof judged !== 'string') return judged
  const { id } = clientCredentialsOf(call)
  if (id !== undefined) countRefusal(call.org, id)
  return refuse(call, judged, failureRow(call, id, judged))
}

const subTypes: Readonly<Record<string, LoginSubType>> = {
  refresh_token: 'OauthRefreshToken',
  hybrid_refresh: 'OauthHybridRefreshToken',
  client_credentials: 'OauthClientCredentials',
}

/** Nobody knows whether a refused consumer shows in LoginHistory: a row, where the switch says so and the user is known. */
function failureRow(call: Call, clientId: string | undefined, reason: RefusalReason): Parameters<typeof refuse>[2] {
  const { org } = call
  const app = clientId === undefined ? undefined : ownerOfKey(org, clientId)
  const subType = subTypes[call.form.get('grant_type') ?? '']
  if (!org.settings().clientFailuresInLoginHistory || app === undefined || subType === undefined) return undefined
  const token = findRefreshToken(org, call.form.get('refresh_token') ?? '')
  const runAs = app.settings.clientCredentialsUser
  const userId =
    subType === 'OauthClientCredentials'
      ? runAs === null
        ? undefined
        : userByName(org, runAs)?.id
      : token === undefined
        ? undefined
        : grantById(org, token.grantId)?.userId
  if (userId === undefined) return undefined
  const status = reason === 'unknown-client' ? 'Failed: Consumer Deleted' : 'Failed: Invalid Consumer Secret'
  return { userId, app: app.name, subType, status }
}
