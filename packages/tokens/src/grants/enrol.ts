/**
 * A new authorisation of a grant that exists (C4): announced first, so that no exchange races it; the code is traded
 * only when nothing of ours is on the wire.
 */
import { KeyturnError } from '../errors.ts'
import type { AuthorizationCode, Enrolment, GrantView } from '../contract.ts'
import { judge, type Tokens } from '../oauth/answer.ts'
import { codeBody, TOKEN_PATH } from '../oauth/request.ts'
import { mayExchangeCode } from '../protocol/transition.ts'
import type { Runtime } from '../runtime.ts'
import { settleAbandoned } from '../spend/doubt.ts'
import { kept, misfitOf } from '../spend/outcome.ts'
import { said } from '../spend/said.ts'
import type { StoredGrant } from '../store/store.ts'
import { request } from '../wire/request.ts'
import { revokeToken } from './revoke.ts'
import { viewOf } from './view.ts'

const LIFETIME_MS = 600_000
const NAP_MS = 250

export const enrol = async (rt: Runtime, grant: StoredGrant, lifetime: number = LIFETIME_MS): Promise<Enrolment> => {
  const id = rt.newId()
  const announced = await rt.store.apply(grant.id, { type: 'enrol', id, deadline: (await rt.store.now()) + lifetime })
  if (!announced.applied) {
    throw new KeyturnError(
      'ENROLMENT_RUNNING',
      `Somebody is authorising ${grant.name} already, until ${new Date(announced.grant.state.enrolment?.deadline ?? 0).toISOString()}`,
    )
  }
  const cancel = async (): Promise<void> => {
    await rt.store.apply(grant.id, { type: 'enrolment-ended', id })
  }
  return {
    id,
    cancel,
    complete: async (code, { keepFormer = false } = {}) => {
      try {
        await nothingOnTheWire(rt, grant.id, id)
        await renew(rt, grant, id)
        return await trade(rt, grant, id, code, keepFormer)
      } finally {
        await cancel()
      }
    },
  }
}

/**
 * The person may have used up nearly all of the announcement: it has to cover the trade and its commit, else a claim could
 * slip in between.
 */
const renew = async (rt: Runtime, grant: StoredGrant, id: string): Promise<void> => {
  const deadline = (await rt.store.now()) + 2 * rt.limits.wait + rt.limits.connect
  const renewed = await rt.store.apply(grant.id, { type: 'enrol', id, deadline })
  const { grant: fresh, context } = await rt.store.look(grant.id)
  if (!renewed.applied || mayExchangeCode(fresh.state, id, context) !== null) throw ranOut(grant.name)
}

const ranOut = (name: string): KeyturnError =>
  new KeyturnError('ENROLMENT_RUNNING', `The announced authorisation of ${name} ran out or was replaced`)

/** Waits for an exchange that is under way: what the code buys could kill it, or be killed by it. */
const nothingOnTheWire = async (rt: Runtime, grantId: string, id: string): Promise<void> => {
  for (;;) {
    const { grant, context } = await rt.store.look(grantId)
    const clause = mayExchangeCode(grant.state, id, context)
    if (clause === null) return
    if (clause !== 'code-nothing-on-the-wire' && clause !== 'code-no-sibling-replay') throw ranOut(grant.name)
    if (rt.closing.aborted) throw new KeyturnError('EXCHANGE_TIMEOUT', 'Keyturn is being closed')
    // Held up by an exchange, or by a replay that may still sit in a queue.
    if (!(await settleAbandoned(rt, grant))) await rt.store.changed(NAP_MS)
  }
}

export const noRefreshToken = (): KeyturnError =>
  new KeyturnError('GRANT_REFUSED', 'The answer held no refresh token', {
    fix: 'Add the scope refresh_token (offline_access) to the app and to the request.',
  })

/** Trades a code for tokens. Throws GRANT_REFUSED, ANSWER_UNREADABLE. */
export const tradeCode = async (
  rt: Runtime,
  app: {
    readonly loginUrl: string
    readonly clientId: string
    readonly clientSecret: Parameters<typeof codeBody>[0]['clientSecret']
  },
  code: AuthorizationCode,
): Promise<Tokens> => {
  const body = codeBody({ ...code, clientId: app.clientId, clientSecret: app.clientSecret })
  const headers = { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' }
  const answer = await request(
    new URL(TOKEN_PATH, app.loginUrl),
    { method: 'POST', headers, body, timeout: rt.limits.wait },
    rt.net,
  )
  const judged = judge({ status: answer.status, body: answer.body, complete: true })
  if (judged.kind === 'tokens') return judged.tokens
  if (judged.kind === 'unknown')
    throw new KeyturnError(
      'ANSWER_UNREADABLE',
      `The token endpoint gave no usable answer to the authorisation code (${judged.cause}, HTTP ${answer.status})`,
    )
  throw new KeyturnError('GRANT_REFUSED', `Salesforce refused the authorisation code: ${said(judged.text)}`)
}

const trade = async (
  rt: Runtime,
  grant: StoredGrant,
  id: string,
  code: AuthorizationCode,
  keepFormer: boolean,
): Promise<GrantView> => {
  const clientSecret = await rt.secretOf(grant, 'clientSecret')
  const tokens = await tradeCode(rt, { ...grant.settings, clientSecret }, code)
  if (tokens.refreshToken === null) throw noRefreshToken()
  const misfit = misfitOf(grant.identity, tokens, rt.allowHosts)
  if (misfit !== null) {
    // Somebody logged in as another user: what was bought is given back, the grant stays as it was.
    await revokeToken(rt, grant.settings.loginUrl, tokens.refreshToken).catch(() => undefined)
    throw new KeyturnError('IDENTITY_CHANGED', `The new authorisation does not fit ${grant.name}: ${misfit.text}`)
  }
  const lineage = rt.store.lineageOf(tokens.refreshToken)
  const former = keepFormer ? await rt.store.secret(grant.id, 'refreshToken') : null
  // Before the new one takes its place: what nobody remembers can't be revoked.
  if (former !== null) await rt.store.keepOrphan(grant.id, `former:${id}`, { refreshToken: former })
  const enrolled = await rt.store.apply(
    grant.id,
    { type: 'enrolled', id, lineage },
    kept(grant, tokens, rt.clock.wall(), null),
  )
  if (!enrolled.applied) {
    await rt.store.keepOrphan(grant.id, id, { refreshToken: tokens.refreshToken })
    throw new KeyturnError(
      'ENROLMENT_RUNNING',
      `The announced authorisation of ${grant.name} ran out before its code was traded; the new token is kept sealed as an orphan`,
    )
  }
  rt.emit(enrolled.grant, enrolled.notices)
  return viewOf(enrolled.grant)
}
