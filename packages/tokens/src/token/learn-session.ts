/**
 * How long a session of this org lives, asked instead of waited for: introspection of a fresh token (RFC 7662 §2.2) tells
 * when it ends. Salesforce sends no `expires_in`, and an app may introspect its own tokens. Asked at most once per
 * generation; a failing answer teaches nothing and never causes an exchange (Nango's did: three 503s, three rotations).
 */
import type { Runtime } from '../runtime.ts'
import { Secret } from '../secret.ts'
import type { StoredGrant } from '../store/store.ts'
import { request } from '../wire/request.ts'

/** A session shorter than a minute is no session time-out. */
const LEAST_MS = 60_000

/** Records the session's life when Salesforce tells it. True when something was learned. */
export const learnSession = async (rt: Runtime, grant: StoredGrant): Promise<boolean> => {
  const { state, learned } = grant
  if (learned.sessionTimeout !== null || state.access !== 'alive' || state.source !== 'refresh') return false
  const life = await introspectedLife(rt, grant).catch(() => null)
  if (life === null || life < LEAST_MS) return false
  await rt.store.change(grant.id, 'learned', { learned: { ...learned, sessionTimeout: life } })
  return true
}

/** What is left of the session, ms: its whole life for a token that was just minted or just used. */
const introspectedLife = async (rt: Runtime, grant: StoredGrant): Promise<number | null> => {
  const token = await rt.store.secret(grant.id, 'accessToken')
  const secret = await rt.secretOf(grant, 'clientSecret')
  if (token === null) return null
  const form = new URLSearchParams({
    token: token.reveal(),
    token_type_hint: 'access_token',
    client_id: grant.settings.clientId,
  })
  if (secret !== null) form.set('client_secret', secret.reveal())
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  const url = new URL('/services/oauth2/introspect', grant.settings.loginUrl)
  const { status, body } = await request(
    url,
    { method: 'POST', headers, body: new Secret(form.toString()), timeout: rt.limits.wait },
    rt.net,
  )
  if (status !== 200) return null
  const answer: unknown = JSON.parse(body.toString('utf8'))
  if (typeof answer !== 'object' || answer === null || !('active' in answer) || answer.active !== true) return null
  return 'exp' in answer && typeof answer.exp === 'number' ? answer.exp * 1000 - rt.clock.wall() : null
}
