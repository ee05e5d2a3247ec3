/**
 * Access tokens that spend nothing: JWT bearer, client credentials, or another grant of this store. The main way in of
 * a machine integration, the spare way in of every other.
 */
import { KeyturnError } from '../errors.ts'
import { judge, type Judged, type Tokens } from '../oauth/answer.ts'
import { assertion, audienceOf, clientCredentialsBody, jwtBearerBody, TOKEN_PATH } from '../oauth/request.ts'
import type { Runtime } from '../runtime.ts'
import type { Secret } from '../secret.ts'
import type { FallbackSettings, StoredGrant } from '../store/store.ts'
import { request } from '../wire/request.ts'
import { kept, misfitOf } from './outcome.ts'
import { said } from './said.ts'
import { clientErrors } from './swap-client.ts'

/** The name under which a machine integration's own way in mints. */
const OWN = 'own'

export type MintEnd =
  | { readonly kind: 'minted' }
  /** The clause that forbade it. */
  | { readonly kind: 'not-claimed'; readonly reason: string }
  | { readonly kind: 'failed'; readonly definite: boolean; readonly text: string }

interface WayIn {
  readonly name: string
  readonly flow: 'jwt_bearer' | 'client_credentials' | 'grant'
  readonly loginUrl: string
  readonly clientId: string
  readonly username: string | null
  readonly audience: string | null
  readonly grant: string | null
  readonly otherUser: boolean
  /** Prefix of its secrets' names. */
  readonly prefix: string
}

/** While a change of the client isn't settled, the one before is tried second: the platform takes minutes to agree. */
const formerWayIn = (grant: StoredGrant, way: WayIn): WayIn | null => {
  const { former } = grant.settings
  return way.name !== OWN || former == null ? null : { ...way, clientId: former.clientId, prefix: 'former:' }
}

/**
 * Until the platform agrees, each request may meet a server that knows only the one client or only the other: asked in
 * turn, so often that all of them miss by chance in one login of 65,536. A refused client spends nothing.
 */
const CLIENT_TRIES = 15

/** The first time whatever the refusal says; then only while it is the client, or its signature, that is refused. */
const mayKnowAnother = (judged: Judged, tried: number): boolean => {
  if (judged.kind === 'refused') return true
  if (judged.kind !== 'blocked') return false
  return tried === 0 || clientErrors.includes(judged.code) || /invalid assertion/i.test(judged.text)
}

/** The machine flow of the grant itself. */
export const ownWayIn = (grant: StoredGrant): WayIn => {
  const { flow, loginUrl, clientId, username, audience } = grant.settings
  if (flow === 'refresh_token') throw new KeyturnError('DEFECT', `Grant ${grant.name} has no machine flow of its own`)
  return { name: OWN, flow, loginUrl, clientId, username, audience, grant: null, otherUser: false, prefix: '' }
}

export const spareWayIn = (grant: StoredGrant, spare: FallbackSettings): WayIn => ({
  name: spare.name,
  flow: spare.flow,
  loginUrl: spare.loginUrl ?? grant.settings.loginUrl,
  clientId: spare.clientId ?? grant.settings.clientId,
  username: spare.username ?? grant.settings.username,
  audience: spare.audience,
  grant: spare.grant,
  otherUser: spare.otherUser,
  prefix: `fallback:${spare.name}:`,
})

/** Mints one access token for everybody; a claim in the store keeps it to one process at a time. */
export const mint = async (
  rt: Runtime,
  grant: StoredGrant,
  way: WayIn,
  /** A living token of the other grant, for `flow: 'grant'`. */
  lend: (name: string) => Promise<StoredGrant>,
): Promise<MintEnd> => {
  const attempt = rt.newId()
  const now = await rt.store.now()
  const claimed = await rt.store.apply(grant.id, {
    type: 'mint',
    attempt,
    holder: rt.holder,
    spare: way.name,
    generation: grant.state.generation,
    deadline: now + rt.limits.connect + rt.limits.wait,
  })
  if (!claimed.applied) return { kind: 'not-claimed', reason: claimed.reason ?? 'unknown' }
  rt.emit(claimed.grant, claimed.notices)

  const fail = async (text: string, definite: boolean): Promise<MintEnd> => {
    const failed = await rt.store.apply(grant.id, { type: 'mint-failed', attempt, spare: way.name, definite, text })
    if (failed.applied) rt.emit(failed.grant, failed.notices)
    return { kind: 'failed', definite, text }
  }

  let judged: Judged
  try {
    judged = way.flow === 'grant' ? await borrow(rt, way, lend) : judge(await ask(rt, grant, way))
    const former = formerWayIn(grant, way)
    for (let n = 0; former !== null && n < CLIENT_TRIES && mayKnowAnother(judged, n); n++) {
      const next = judge(await ask(rt, grant, n % 2 === 0 ? former : way))
      // What the new client was told first is the news; the former one may be gone already.
      if (next.kind === 'tokens') judged = next
      if (next.kind === 'busy' || next.kind === 'unknown') break
    }
  } catch (error) {
    // A missing key or secret won't appear by itself; an unreachable endpoint may.
    const definite = error instanceof KeyturnError && error.kind !== 'unavailable'
    const end = await fail(error instanceof Error ? error.message : 'no answer', definite)
    if (definite && grant.settings.flow !== 'refresh_token') throw error
    return end
  }
  if (judged.kind !== 'tokens') {
    const text = judged.kind === 'unknown' ? `no usable answer (${judged.cause})` : said(judged.text)
    return fail(text, judged.kind === 'refused' || judged.kind === 'blocked')
  }
  const { tokens } = judged
  const misfit = misfitOf(grant.identity, tokens, rt.allowHosts, way.otherUser)
  if (misfit !== null) return fail(misfit.text, true)
  const puts = kept(grant, tokens, rt.clock.wall(), null)
  if (puts.access === undefined) return fail('the answer held no usable access token', false)
  // Rule 10: Salesforce hands out the same live session again; one that was just refused is no way in.
  if (grant.state.access === 'dead' && (await isCurrent(rt, grant, tokens.accessToken))) {
    return fail('it returned the very access token that was refused', true)
  }
  const { secrets, ...rest } = puts
  const minted = await rt.store.apply(
    grant.id,
    { type: 'minted', attempt, spare: way.name },
    { ...rest, secrets: secrets?.accessToken === undefined ? {} : { accessToken: secrets.accessToken } },
  )
  if (!minted.applied) return { kind: 'not-claimed', reason: minted.reason ?? 'unknown' }
  rt.emit(minted.grant, minted.notices)
  return { kind: 'minted' }
}

const isCurrent = async (rt: Runtime, grant: StoredGrant, token: Secret | null): Promise<boolean> => {
  const known = await rt.store.secret(grant.id, 'accessToken')
  return token !== null && known !== null && rt.store.lineageOf(known) === rt.store.lineageOf(token)
}

/** Another grant of this store lends its access token. */
const borrow = async (rt: Runtime, way: WayIn, lend: (name: string) => Promise<StoredGrant>): Promise<Judged> => {
  if (way.grant === null) throw new KeyturnError('CONFIG_INVALID', `The spare ${way.name} names no grant`)
  const other = await lend(way.grant)
  const accessToken = await rt.store.secret(other.id, 'accessToken')
  const tokens: Tokens = {
    accessToken,
    refreshToken: null,
    instanceUrl: other.access?.instanceUrl ?? null,
    issuedAt: other.access?.issuedAt ?? null,
    scope: other.access?.scope ?? null,
    format: other.access?.format ?? 'opaque',
    orgId: other.identity?.orgId ?? null,
    userId: other.identity?.userId ?? null,
  }
  return { kind: 'tokens', tokens }
}

const ask = async (rt: Runtime, grant: StoredGrant, way: WayIn) => {
  const body = await bodyOf(rt, grant, way)
  const headers = { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' }
  const answer = await request(
    new URL(TOKEN_PATH, way.loginUrl),
    { method: 'POST', headers, body, timeout: rt.limits.wait },
    rt.net,
  )
  return { status: answer.status, body: answer.body, complete: true }
}

const bodyOf = async (rt: Runtime, grant: StoredGrant, way: WayIn): Promise<Secret> => {
  const need = async (name: string): Promise<Secret> => {
    // A spare of the same app uses the app's own secret.
    const found =
      (await rt.secretOf(grant, `${way.prefix}${name}`)) ??
      (way.clientId === grant.settings.clientId ? await rt.secretOf(grant, name) : null)
    if (found === null)
      throw new KeyturnError('CONFIG_INVALID', `The way in ${way.name} of grant ${grant.name} has no ${name}`)
    return found
  }
  if (way.flow === 'client_credentials') return clientCredentialsBody(way.clientId, await need('clientSecret'))
  if (way.username === null)
    throw new KeyturnError('CONFIG_INVALID', `JWT bearer for grant ${grant.name} needs a username`)
  return jwtBearerBody(
    assertion({
      clientId: way.clientId,
      username: way.username,
      audience: way.audience ?? audienceOf(way.loginUrl),
      privateKey: await need('privateKey'),
      now: rt.clock.wall(),
      id: rt.newId(),
    }),
  )
}
