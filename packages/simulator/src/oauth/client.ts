/** Which app is calling, and whether it proved it: secret in the body or as HTTP Basic, required or only checked. */
import { timingSafeEqual } from 'node:crypto'
import type { SimRequest, SimResponse } from '../route.ts'
import { appByClientId } from '../state/consumers.ts'
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
  return typeof judged === 'string' ? refuse(call, judged) : judged
}
