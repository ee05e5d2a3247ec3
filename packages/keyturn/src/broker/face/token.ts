/**
 * POST /services/oauth2/token: whoever proves to be a caller gets a session, in the words of the flow it knows. Nothing
 * that comes in here is sent on to Salesforce.
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Secret } from '@keyturn/tokens'
import type { Token } from '@keyturn/tokens'
import type { Caller, Presented } from '../caller.ts'
import { readAssertion } from '../callers/assertion.ts'
import type { Desk } from '../sessions/desk.ts'
import { grantFor, issueSession } from '../sessions/issue.ts'
import { clientOf, formOf } from './form.ts'
import type { Client, Form } from './form.ts'
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

const authenticate = ({ desk, request }: Asked, presented: Presented): Promise<Caller | null> => {
  const { context } = desk
  const from = {
    address: context.addressOf(request),
    face: 'oauth',
    transport: context.transportProof(request),
  } as const
  return context.callers.authenticate(presented, from)
}

const needed = (form: Form, name: string): string => {
  const value = form.get(name) ?? ''
  if (value === '') throw new OAuthRefusal('invalid_request', `missing required parameter: ${name}`)
  return value
}

const deadToken = (): OAuthRefusal => new OAuthRefusal('invalid_grant', 'expired access/refresh token')

const byRefreshToken = async (asked: Asked): Promise<Granted> => {
  const token = new Secret(needed(asked.form, 'refresh_token'))
  const { id: clientId, secret } = asked.client
  const clientSecret = secret === null ? null : new Secret(secret)
  const caller = await authenticate(asked, { kind: 'refresh-token', token, clientId, clientSecret })
  if (caller === null) throw deadToken()
  const grant = await asked.desk.context.callers.grantOfRefreshToken(caller, token)
  if (grant === null) throw deadToken()
  const named = asked.desk.context.orgOf(asked.request)
  return { caller, grant: named === null || named === grant ? grant : null }
}

const bySecret = async (asked: Asked): Promise<Granted> => {
  const { id, secret } = asked.client
  const proof =
    id !== null && secret !== null
      ? ({ kind: 'secret', id, secret: new Secret(secret) } as const)
      : asked.desk.context.transportProof(asked.request)
  const caller = proof === null ? null : await authenticate(asked, proof)
  if (caller === null) throw new OAuthRefusal('invalid_client', 'invalid client credentials')
  return { caller, grant: grantFor(caller, asked.desk.context.orgOf(asked.request)) }
}

const byPassword = async (asked: Asked): Promise<Granted> => {
  const username = needed(asked.form, 'username')
  const password = new Secret(needed(asked.form, 'password'))
  const caller = await authenticate(asked, { kind: 'password', username, password })
  if (caller === null) throw new OAuthRefusal('invalid_grant', 'authentication failure')
  return { caller, grant: grantFor(caller, asked.desk.context.orgOf(asked.request)) }
}

/** RFC 7523. Why one was refused is said to nobody: each reason gets the same answer. */
const byAssertion = async (asked: Asked): Promise<Granted> => {
  const { desk, request } = asked
  const assertion = readAssertion(needed(asked.form, 'assertion'))
  const isOurs = (audience: string): boolean => desk.context.isOurs(request, audience)
  const caller = assertion === null ? null : await authenticate(asked, { kind: 'assertion', assertion, isOurs })
  if (caller === null) throw new OAuthRefusal('invalid_grant', 'invalid assertion')
  return { caller, grant: grantFor(caller, desk.context.orgOf(request)) }
}

const flows: Readonly<Record<string, (asked: Asked) => Promise<Granted>>> = {
  refresh_token: byRefreshToken,
  hybrid_refresh: byRefreshToken,
  client_credentials: bySecret,
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
