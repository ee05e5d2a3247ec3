/** Answers of the OAuth endpoints in Salesforce's shape. */
import { createHmac } from 'node:crypto'
import type { FastifyReply } from 'fastify'
import type { KeyturnError } from '@keyturn/tokens'
import { troubleOf } from '../proxy/refusal.ts'
import type { Issued } from '../sessions/issue.ts'
import type { Begun } from '../sessions/virtual-sessions.ts'

const headers = { 'cache-control': 'no-store', pragma: 'no-cache', 'content-type': 'application/json;charset=UTF-8' }

export class OAuthRefusal extends Error {
  readonly error: string
  readonly description: string

  constructor(error: string, description: string) {
    super(error)
    this.error = error
    this.description = description
  }
}

export const refuseOAuth = (
  reply: FastifyReply,
  status: number,
  error: string,
  description: string,
  retryAfter?: number,
): FastifyReply => {
  if (retryAfter !== undefined) void reply.header('retry-after', String(retryAfter))
  return reply
    .code(status)
    .headers(headers)
    .send(JSON.stringify({ error, error_description: description }))
}

/** An outage or a grant in trouble is never invalid_grant: a client would throw its good token away. */
export const refuseForTrouble = (reply: FastifyReply, error: KeyturnError): FastifyReply => {
  if (error.code === 'RATE_LIMITED') {
    const wait = Number(error.data['retryAfter'] ?? 60)
    return refuseOAuth(reply, 429, 'rate_limit_exceeded', 'number of logins exceeded', wait)
  }
  const { code, message, retryAfter } = troubleOf(error)
  if (code === 'SERVER_UNAVAILABLE') return refuseOAuth(reply, 503, 'temporarily_unavailable', message, retryAfter)
  return refuseOAuth(reply, code === 'MISDIRECTED_REQUEST' ? 421 : 400, 'invalid_request', message)
}

interface TokenAnswer {
  readonly issued: Issued
  /** Where the identity of the user is asked. */
  readonly base: string
  readonly scope: string | null
  /** As the client showed it: the signature's key. */
  readonly clientSecret: string | null
}

/** What was answered with a session last: a client that logs in again shows the same. */
const answered = new WeakMap<Begun, TokenAnswer & { readonly text: string }>()

export const answerToken = (reply: FastifyReply, answer: TokenAnswer): FastifyReply => {
  const { begun } = answer.issued
  const before = begun === null ? undefined : answered.get(begun)
  if (before !== undefined && isSame(before, answer)) return reply.code(200).headers(headers).send(before.text)
  const text = textOf(answer)
  if (begun !== null) answered.set(begun, { ...answer, text })
  return reply.code(200).headers(headers).send(text)
}

const isSame = (one: TokenAnswer, other: TokenAnswer): boolean =>
  one.base === other.base &&
  one.scope === other.scope &&
  one.clientSecret === other.clientSecret &&
  one.issued.whose.userId === other.issued.whose.userId

const textOf = ({ issued, base, scope, clientSecret }: TokenAnswer): string => {
  const { accessToken, instanceUrl, whose, issuedAt } = issued
  const id = `${base}/id/${whose.orgId ?? ''}/${whose.userId ?? ''}`
  const at = String(issuedAt)
  const signature = clientSecret && createHmac('sha256', clientSecret).update(`${id}${at}`).digest('base64')
  return JSON.stringify({
    access_token: accessToken,
    ...(signature && { signature }),
    ...(scope !== null && { scope }),
    instance_url: instanceUrl,
    id,
    token_type: 'Bearer',
    issued_at: at,
    token_format: 'opaque',
  })
}

export const answerJson = (reply: FastifyReply, value: unknown): FastifyReply =>
  reply.code(200).headers(headers).send(JSON.stringify(value))

/** The resources below /services/oauth2 answer with a plain word. */
export const answerWord = (reply: FastifyReply, status: number, word: string): FastifyReply =>
  reply.code(status).headers({ 'content-type': 'text/html;charset=UTF-8', 'cache-control': 'no-store' }).send(word)
