/**
 * POST /services/oauth2/token: whoever proves to be a caller gets a session, in the words of the flow it knows. Nothing
 * that comes in here is sent on to Salesforce.
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Secret } from '@keyturn/tokens'
import type { Token } from '@keyturn/tokens'
import type { Caller } from '../caller.ts'
import { readAssertion } from '../callers/assertion.ts'
import { prove, proveByClient, proveByRefreshToken } from '../callers/prove.ts'
import type { Client } from '../callers/prove.ts'
import type { Desk } from '../sessions/desk.ts'
import { grantFor, issueSession } from '../sessions/issue.ts'
import { clientOf, formOf } from './form.ts'
import type { Form } from './form.ts'
import { answerToken, OAuthRefusal } from './oauth-answer.ts'

interface Asked {
  readonly desk: Desk
  readonly request: FastifyRequest
  readonly form: Form
  readonly client: Client
}

interface Granted {
  readonly caller: Caller
  /** Null: this caller may not use what it asked for. */
  readonly grant: string | null
}

const needed = (form: Form, name: string): string => {
  const value = form.get(name) ?? ''
  if (value === '') throw new OAuthRefusal('invalid_request', `missing required parameter: ${name}`)
  return value
}

const byRefreshToken = async ({ desk: { context }, request, form, client }: Asked): Promise<Granted> => {
  const proven = await proveByRefreshToken(context, request, client, needed(form, 'refresh_token'))
  if (proven === null) throw new OAuthRefusal('invalid_grant', 'expired access/refresh token')
  const { caller, grant } = proven
  const named = context.orgOf(request)
  return { caller, grant: named === null || named === grant ? grant : null }
}

/** Whoever proved itself otherwise gets the org that was asked for. */
const granted = ({ desk, request }: Asked, caller: Caller | null, error: string, description: string): Granted => {
  if (caller === null) throw new OAuthRefusal(error, description)
  return { caller, grant: grantFor(caller, desk.context.orgOf(request)) }
}

const byClient = async (asked: Asked): Promise<Granted> => {
  const caller = await proveByClient(asked.desk.context, asked.request, asked.client)
  return granted(asked, caller, 'invalid_client', 'invalid client credentials')
}

const byPassword = async (asked: Asked): Promise<Granted> => {
  const username = needed(asked.form, 'username')
  const password = new Secret(needed(asked.form, 'password'))
  const caller = await prove(asked.desk.context, asked.request, 'oauth', { kind: 'password', username, password })
  return granted(asked, caller, 'invalid_grant', 'authentication failure')
}

/** RFC 7523. Why one was refused is said to nobody: each reason gets the same answer. */
const byAssertion = async (asked: Asked): Promise<Granted> => {
  const { context } = asked.desk
  const assertion = readAssertion(needed(asked.form, 'assertion'))
  const isOurs = (audience: string): boolean => context.isOurs(asked.request, audience)
  const presented = assertion && ({ kind: 'assertion', assertion, isOurs } as const)
  const caller = presented && (await prove(context, asked.request, 'oauth', presented))
  return granted(asked, caller, 'invalid_grant', 'invalid assertion')
}

const flows: Readonly<Record<string, (asked: Asked) => Promise<Granted>>> = {
  refresh_token: byRefreshToken,
  hybrid_refresh: byRefreshToken,
  client_credentials: byClient,
  password: byPassword,
  'urn:ietf:params:oauth:grant-type:jwt-bearer': byAssertion,
}

/** By the token as the library hands it out: the same object as long as it is the same token. */
const scopes = new WeakMap<Token, string | null>()

const scopeOf = async ({ context }: Desk, grant: string, token: Token): Promise<string | null> => {
  const stored = await context.keyturn.store.grant(grant).catch(() => null)
  if (stored === null) return null
  const scope = stored.access?.scope ?? null
  scopes.set(token, scope)
  return scope
}

export const serveToken = async (desk: Desk, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
  const form = formOf(request)
  const type = needed(form, 'grant_type')
  const flow = Object.hasOwn(flows, type) ? flows[type] : undefined
  if (flow === undefined) throw new OAuthRefusal('unsupported_grant_type', 'grant type not supported')
  const client = clientOf(request, form)
  const { caller, grant } = await flow({ desk, request, form, client })
  if (grant === null) throw new OAuthRefusal('invalid_grant', 'this caller may not use the org that was asked for')
  const { context } = desk
  const base = context.baseUrl(request)
  const place = { base, address: context.addressOf(request), face: 'oauth' } as const
  const issued = await issueSession(desk, caller, grant, place)
  context.callers.used(caller, grant, 'oauth')
  const known = scopes.get(issued.token)
  const scope = known === undefined ? await scopeOf(desk, grant, issued.token) : known
  return answerToken(reply, { issued, base, scope, clientSecret: client.secret })
}
