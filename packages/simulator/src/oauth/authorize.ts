/**
 * /services/oauth2/authorize: a person logs in, approves, and is sent back with a code.
 *
 * For tests it approves by itself: `autoApprove` of the app or the org names the user, or `__auto=<username>` in the
 * address does. Errors go where the standard says: to the redirect URI once that is known to be the app's, else to the
 * person (RFC 6749, 4.1.2.1).
 */
import type { SimResponse } from '../route.ts'
import { appByClientId } from '../state/consumers.ts'
import type { SimApp } from '../state/apps.ts'
import { userById, userByName } from '../state/users.ts'
import type { SimUser } from '../state/users.ts'
import { judgePassword } from '../sessions/password-login.ts'
import { recordLogin } from '../sessions/login-history.ts'
import { makeCode } from './authorization-code.ts'
import { html, param } from './context.ts'
import type { Call } from './context.ts'
import { decideDevice, deviceByUserCode, isOpen } from './device.ts'
import { scopesOf } from './issue.ts'
import { approvalPage, devicePage, loginPage, messagePage } from './pages.ts'
import { refusalText } from './refusal.ts'
import type { RefusalReason } from './refusal.ts'
import { objectionTo } from './user-policy.ts'

const action = '/services/oauth2/authorize'
const carried = [
  'response_type',
  'client_id',
  'redirect_uri',
  'scope',
  'state',
  'code_challenge',
  'code_challenge_method',
  'nonce',
  'prompt',
  'display',
  'login_hint',
]

interface Wish {
  readonly app: SimApp
  readonly redirectUri: string
  readonly scopes: readonly string[]
  readonly fields: Readonly<Record<string, string>>
}

/** Tickets of people who logged in and have not decided yet; they live as long as the process. */
const tickets = new WeakMap<object, Map<string, string>>()
const ticketsOf = (call: Call): Map<string, string> => {
  const known = tickets.get(call.org) ?? new Map<string, string>()
  tickets.set(call.org, known)
  return known
}

const redirect = (to: string): SimResponse => ({
  status: 302,
  headers: { Location: to, 'Cache-Control': 'no-store' },
  body: '',
})

function back(wish: Wish, answer: Readonly<Record<string, string>>): SimResponse {
  const url = new URL(wish.redirectUri)
  const state = wish.fields['state']
  const all = Object.entries({ ...answer, ...(state === undefined ? {} : { state }) })
  // The user-agent flow is not here; its clients are told so where they look: behind the hash.
  if (/token/.test(wish.fields['response_type'] ?? '')) url.hash = new URLSearchParams(all).toString()
  else for (const [name, value] of all) url.searchParams.set(name, value)
  return redirect(url.href)
}

function refuseBack(call: Call, wish: Wish, reason: RefusalReason): SimResponse {
  const [error, description] = refusalText(reason)
  call.org.record(call.number, { kind: 'refused', error, description, reason })
  return back(wish, { error, error_description: description })
}

function wishOf(call: Call): Wish | SimResponse {
  const app = appByClientId(call.org, param(call, 'client_id') ?? '', call.number)
  const toPerson = (reason: RefusalReason): SimResponse => {
    const [error, description] = refusalText(reason)
    call.org.record(call.number, { kind: 'refused', error, description, reason })
    return html(400, messagePage('OAuth Error', `error=${error} error_description=${description}`))
  }
  if (app === undefined) return toPerson('unknown-client')
  const redirectUri = param(call, 'redirect_uri') ?? app.callbacks[0]
  if (redirectUri === undefined || !app.callbacks.includes(redirectUri)) return toPerson('wrong-redirect')
  const wanted = scopesOf(param(call, 'scope') ?? '')
  const fields: Record<string, string> = {}
  for (const name of carried) {
    const value = param(call, name)
    if (value !== undefined) fields[name] = value
  }
  return {
    app,
    redirectUri,
    scopes: wanted.length === 0 ? app.scopes : wanted.filter((scope) => app.scopes.includes(scope)),
    fields,
  }
}

export function authorize(call: Call): SimResponse {
  const wish = wishOf(call)
  if ('status' in wish) return wish
  const { app, fields } = wish
  if (fields['response_type'] !== 'code') return refuseBack(call, wish, 'unsupported-response')
  if (!app.settings.installed) return refuseBack(call, wish, 'not-installed')
  if ((app.settings.pkceRequired || call.org.settings().pkceRequired) && fields['code_challenge'] === undefined)
    return refuseBack(call, wish, 'missing-challenge')

  const auto = param(call, '__auto') ?? app.settings.autoApprove ?? call.org.settings().autoApprove
  if (auto !== null) {
    const user = userByName(call.org, auto)
    return user === undefined ? refuseBack(call, wish, 'authentication') : grantCode(call, wish, user)
  }
  const step = call.request.method === 'POST' ? param(call, 'step') : undefined
  if (step === 'login') return logIn(call, wish)
  if (step === 'allow' || step === 'deny') return decide(call, wish, step)
  return html(200, loginPage({ action, fields, username: fields['login_hint'] ?? '', error: null }))
}

function logIn(call: Call, wish: Wish): SimResponse {
  const username = param(call, 'username') ?? ''
  const outcome = judgePassword(call, username, param(call, 'pw') ?? '', 'browser')
  const again = (error: string): SimResponse => html(200, loginPage({ action, fields: wish.fields, username, error }))
  const hint =
    'Please check your username and password. If you still can’t log in, contact your Salesforce administrator.'
  if (outcome.kind === 'unknown-user') return again(hint)
  const seen = (status: string) =>
    recordLogin(call, { userId: outcome.user.id, app: 'Browser', subType: null, type: 'Application', status })
  if (outcome.kind !== 'ok') {
    seen(outcome.status)
    return again(hint)
  }
  if (outcome.user.apiOnly) {
    seen('Failed: API-only user')
    return again('This user may use the API only.')
  }
  seen('Success')
  const ticket = call.org.ids.token('ticket', 40)
  ticketsOf(call).set(ticket, outcome.user.id)
  return html(
    200,
    approvalPage({
      action,
      fields: { ...wish.fields, ticket },
      app: wish.app.name,
      username: outcome.user.username,
      scopes: wish.scopes,
    }),
  )
}

function decide(call: Call, wish: Wish, step: 'allow' | 'deny'): SimResponse {
  const ticket = param(call, 'ticket') ?? ''
  const user = userById(call.org, ticketsOf(call).get(ticket) ?? '')
  ticketsOf(call).delete(ticket)
  if (user === undefined)
    return html(200, loginPage({ action, fields: wish.fields, username: '', error: 'Please log in again.' }))
  return step === 'deny' ? refuseBack(call, wish, 'denied') : grantCode(call, wish, user)
}

function grantCode(call: Call, wish: Wish, user: SimUser): SimResponse {
  const objection = objectionTo(call, user, wish.app, 'login')
  if (objection !== undefined) return refuseBack(call, wish, objection.reason)
  const code = makeCode(call.org, {
    app: wish.app,
    user,
    scopes: wish.scopes,
    redirectUri: wish.redirectUri,
    challenge: wish.fields['code_challenge'] ?? null,
    nonce: wish.fields['nonce'] ?? null,
  })
  return back(wish, { code })
}

/** /setup/connect: where a person enters the code that a device showed. */
export function connectDevice(call: Call): SimResponse {
  const userCode = param(call, 'user_code') ?? ''
  const show = (error: string | null): SimResponse =>
    html(200, devicePage({ action: '/setup/connect', userCode, error }))
  const auto = param(call, '__auto')
  if (call.request.method !== 'POST' && auto === undefined) return show(null)
  const device = deviceByUserCode(call.org, userCode)
  if (device === undefined || !isOpen(call.org, device)) return show('This code is not valid.')
  if (auto !== undefined) {
    const named = userByName(call.org, auto)
    if (named === undefined) return show('There is no such user.')
    decideDevice(call.org, device, named.id)
    return html(200, messagePage('Connected', 'You may close this page.'))
  }
  const outcome = judgePassword(call, param(call, 'username') ?? '', param(call, 'pw') ?? '', 'browser')
  if (outcome.kind !== 'ok') return show('Please check your username and password.')
  if (outcome.user.apiOnly) return show('This user may use the API only.')
  decideDevice(call.org, device, param(call, 'step') === 'deny' ? null : outcome.user.id)
  return html(200, messagePage(param(call, 'step') === 'deny' ? 'Denied' : 'Connected', 'You may close this page.'))
}
