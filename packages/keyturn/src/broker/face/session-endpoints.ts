/**
 * What can be done with a session at the OAuth endpoints: end it, ask whether it lives, ask whose it is. All of it
 * concerns the virtual session; the grant behind it is out of reach.
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { placeOf, proveByClient, proveByRefreshToken } from '../callers/prove.ts'
import type { Desk } from '../sessions/desk.ts'
import { fetchWithin } from '../sessions/fetch-within.ts'
import type { Judged } from '../sessions/virtual-sessions.ts'
import { shownToken } from '../proxy/credential.ts'
import { identityAt } from '../proxy/identity-address.ts'
import { maskText } from '../proxy/token-mask.ts'
import { clientOf, formOf } from './form.ts'
import { answerJson, answerWord, OAuthRefusal } from './oauth-answer.ts'

const IDENTITY_LIMIT_MS = 30_000

const judge = ({ context, sessions }: Desk, token: string, request: FastifyRequest): Promise<Judged | null> =>
  sessions.judge(token, { ...placeOf(context, request), face: null })

/** POST with a form; a GET would put a token into every log on the way, so it is not taken. */
export const serveRevoke = async (desk: Desk, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
  const form = formOf(request)
  const token = form.get('token') ?? ''
  if (token === '') return refuseRevoke(request, reply, 'unsupported_token_type')
  const judged = await judge(desk, token, request)
  if (judged !== null) {
    await desk.sessions.end(judged)
    return answerWord(reply, 200, '')
  }
  return (await revokeRefreshToken(desk, request, token))
    ? answerWord(reply, 200, '')
    : refuseRevoke(request, reply, 'invalid_token')
}

/** The stable refresh token stays good (its end is `keyturn caller rotate`); every session bought with it ends. */
const revokeRefreshToken = async (
  { context, sessions }: Desk,
  request: FastifyRequest,
  token: string,
): Promise<boolean> => {
  const proven = await proveByRefreshToken(context, request, clientOf(request, formOf(request)), token)
  if (proven !== null) await sessions.endAll(proven.caller, proven.grant)
  return proven !== null
}

/** Form-encoded unless JSON is asked for: jsforce reads this body as a query string. */
const refuseRevoke = (request: FastifyRequest, reply: FastifyReply, error: string): FastifyReply => {
  const json = /json/.test(request.headers.accept ?? '')
  const description = error === 'invalid_token' ? 'invalid token' : 'the token is missing'
  const body = { error, error_description: description }
  return reply
    .code(400)
    .headers({
      'content-type': json ? 'application/json;charset=UTF-8' : 'application/x-www-form-urlencoded',
      'cache-control': 'no-store',
    })
    .send(json ? JSON.stringify(body) : new URLSearchParams(body).toString())
}

/** A caller learns of its own sessions only (RFC 7662 §2.2: of others nothing but that they are not active). */
export const serveIntrospect = async (
  desk: Desk,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> => {
  const { context, options } = desk
  const form = formOf(request)
  const client = clientOf(request, form)
  const caller = await proveByClient(context, request, client)
  if (caller === null) throw new OAuthRefusal('invalid_client', 'invalid client credentials')
  const judged = await judge(desk, form.get('token') ?? '', request)
  if (judged === null || judged.caller.id !== caller.id) return answerJson(reply, { active: false })
  const { session } = judged
  const stored = await context.keyturn.store.grant(session.grant)
  const from = Math.floor(session.issuedAt / 1000)
  return answerJson(reply, {
    active: true,
    scope: stored?.access?.scope ?? 'api',
    client_id: client.id ?? caller.id,
    username: caller.virtualUser ?? stored?.settings.username ?? caller.name,
    sub: `${context.baseUrl(request)}/id/${stored?.identity?.orgId ?? ''}/${stored?.identity?.userId ?? ''}`,
    token_type: 'access_token',
    exp: from + Math.floor(options.sessionLife / 1000),
    iat: from,
    nbf: from,
  })
}

/** /services/oauth2/userinfo and /id/ORG/USER: what the org says, with its addresses at the broker. */
export const serveIdentity =
  (pathOf: (request: FastifyRequest) => string | null) =>
  async (desk: Desk, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const shown = shownToken(request.raw.rawHeaders)
    if (shown === null || shown === 'ambiguous') return answerWord(reply, 403, 'Missing_OAuth_Token')
    const judged = await judge(desk, shown.token, request)
    if (judged === null) return answerWord(reply, 403, 'Bad_OAuth_Token')
    const path = pathOf(request)
    if (path === null) return answerWord(reply, 403, 'Wrong_Org')
    const { context } = desk
    const { caller, session } = judged
    const { grant } = session
    const wait = context.callers.pace(caller)
    if (wait > 0) return answerWord(reply.header('retry-after', String(wait)), 429, 'Rate_Limit_Exceeded')
    context.callers.used(caller, grant, 'oauth')
    const answer = await fetchWithin(context, grant, path, IDENTITY_LIMIT_MS)
    const token = await desk.tokens.token(grant)
    const text = maskText(await answer.text(), token.accessToken, shown.token)
    // Nothing but the words is passed on where the org says no.
    if (!answer.ok) return answerWord(reply, answer.status, text.slice(0, 200))
    let value: unknown
    try {
      value = JSON.parse(text)
    } catch {
      return answerWord(reply, 502, 'Bad_Answer')
    }
    return answerJson(reply, atBroker(value, new URL(token.instanceUrl).origin, context.baseUrl(request)))
  }

/** All addresses of the org in a document, at any depth; `{version}` in them stays as it is. */
const atBroker = (value: unknown, origin: string, base: string): unknown => {
  if (typeof value === 'string') {
    return value === origin || value.startsWith(`${origin}/`)
      ? `${base}${value.slice(origin.length)}`
      : identityAt(value, base)
  }
  if (Array.isArray(value)) return value.map((one) => atBroker(one, origin, base))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, atBroker(one, origin, base)]))
}
