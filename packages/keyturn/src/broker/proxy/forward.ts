/**
 * Passes a call on with the real token, and again with a newer one where the org refused the first before it did
 * anything (a session is checked before the call is executed) and the body can begin again.
 */
import type { FastifyReply } from 'fastify'
import { KeyturnError } from '@keyturn/tokens'
import type { Token } from '@keyturn/tokens'
import type { Desk } from '../sessions/desk.ts'
import { causeOf } from '../sessions/living-tokens.ts'
import { traceUpstream } from '../traces/trace-upstream.ts'
import { decodedText, readBeginning, verdictOf, worthReading } from './expiry.ts'
import { BodyTooLarge } from './kept-body.ts'
import type { KeptBody } from './kept-body.ts'
import type { FlatHeaders } from './headers.ts'
import { namesIdentity, withIdentityAt } from './identity-address.ts'
import { originOf } from './origin.ts'
import { pass } from './pass.ts'
import type { Passing } from './pass.ts'
import { troubleOf } from './refusal.ts'
import type { Refusal } from './refusal.ts'
import type { Target } from './target.ts'
import { sendUpstream, TIMEOUT, Unanswered } from './upstream.ts'
import type { UpstreamAnswer } from './upstream.ts'

export interface ProxyCall {
  readonly grant: string
  readonly target: Target
  readonly body: KeptBody | null
  /** More than what is kept of a body: the token is looked at first, since this can't be sent twice. */
  readonly large: boolean
  /** Where the broker is, for the caller. */
  readonly base: string
  /** What the caller showed, and gets to see where the org quotes the session. */
  readonly virtual: string
  /** What goes upstream with this token. */
  readonly dress: (token: string) => {
    readonly headers: FlatHeaders
    readonly body: AsyncIterable<Buffer> | null
  }
}

/** One with the token at hand, one with a newer one that somebody had bought, one with the token bought for us. */
const MOST_CALLS = 3

const passing = ({ base, virtual, body, target }: ProxyCall, token: Token): Passing => ({
  ...{ base, virtual, token },
  unread: body?.ended === false,
  head: target.method === 'HEAD',
})

/** Answers through `reply`, or returns the refusal that is to be answered. */
export const forward = async (desk: Desk, call: ProxyCall, reply: FastifyReply): Promise<Refusal | null> => {
  const { grant, target, body } = call
  try {
    const { tokens } = desk
    let token = call.large ? await tokens.proven(grant) : (tokens.tokenNow(grant) ?? (await tokens.token(grant)))
    for (let calls = 1; ; calls++) {
      // Who hung up while a token was bought wants nothing done any more.
      if (reply.raw.destroyed) return null
      const answer = await send(desk, call, token, reply.raw)
      if (reply.raw.destroyed) {
        answer.abandon()
        return null
      }
      const status = answer.message.statusCode ?? 502
      const named = namesIdentity(target, status) && answer.message.headers['content-encoding'] === undefined
      if (!named && !worthReading(target.api, status)) {
        if (status < 500) desk.tokens.worked(grant, token.generation)
        return await pass(passing(call, token), answer, null, reply)
      }
      const read = await readBeginning(answer.message)
      const beginning = named ? withIdentityAt(read, call.base) : read
      const verdict = verdictOf(target.api, status, decodedText(answer.message, beginning))
      if (verdict === 'fine' && status < 500) desk.tokens.worked(grant, token.generation)
      if (verdict !== 'dead') return await pass(passing(call, token), answer, beginning, reply)
      // The last refusal is reported as well, so that the breaker learns of one that no exchange cures.
      const next = await desk.tokens.rejected(grant, token.generation).catch((error: unknown) => {
        if (error instanceof KeyturnError && error.code === 'ACCESS_UNCURABLE') return token
        throw error
      })
      const again = calls < MOST_CALLS && next.generation !== token.generation && (body === null || body.repeatable)
      if (!again) return await pass(passing(call, token), answer, beginning, reply)
      if (!beginning.whole || body?.ended === false) answer.abandon()
      token = next
    }
  } catch (error) {
    return refusalOf(error)
  }
}

const send = async (
  desk: Desk,
  call: ProxyCall,
  token: Token,
  client: FastifyReply['raw'],
): Promise<UpstreamAnswer> => {
  const { target, grant } = call
  const { reachability } = desk
  const origin = originOf(token)
  const once = (): Promise<UpstreamAnswer> =>
    traceUpstream(desk.context.traces, { grant, host: origin.hostname, target }, (more) => {
      const { headers, body } = call.dress(token.accessToken)
      const sent = {
        origin,
        method: target.method,
        path: `${target.path}${target.search}`,
        answerLimit: desk.options.answerLimit,
        idleLimit: desk.options.idleLimit,
        headers: more === undefined ? headers : [...headers, ...Object.entries(more).flat()],
        body,
        client,
      }
      return sendUpstream(sent, desk.options.network)
    })
  const seen = async (): Promise<UpstreamAnswer> => {
    try {
      const answer = await once()
      reachability.answered(grant)
      return answer
    } catch (error) {
      // Nothing is wrong with the org.
      if (client.destroyed) throw error
      if (error instanceof Unanswered) reachability.failed(grant, error.code)
      else if (isUnreachable(error)) reachability.failed(grant, causeOf(error))
      throw error
    }
  }
  try {
    return await seen()
  } catch (error) {
    // A kept connection that was closed just now: safe to repeat where a repetition means nothing.
    const harmless = call.body === null && target.override === null && /^(GET|HEAD)$/.test(target.method)
    if (harmless && error instanceof Unanswered && error.reused && !client.destroyed) return seen()
    throw error
  }
}

const isUnreachable = (error: unknown): boolean =>
  error instanceof KeyturnError && error.code === 'ENDPOINT_UNREACHABLE'

const refusalOf = (error: unknown): Refusal => {
  if (error instanceof KeyturnError) {
    const refusal = troubleOf(error)
    return isUnreachable(error) && causeOf(error) === TIMEOUT ? { ...refusal, code: 'GATEWAY_TIMEOUT' } : refusal
  }
  if (error instanceof BodyTooLarge) return { code: 'REQUEST_TOO_LARGE', message: 'The body is too large.' }
  if (error instanceof Unanswered && error.code === TIMEOUT) {
    const message = 'The org did not answer in time: the request may have been executed.'
    return { code: 'GATEWAY_TIMEOUT', message }
  }
  if (error instanceof Unanswered) {
    const message = 'The connection to the org ended without an answer: the request may have been executed.'
    return { code: 'BAD_GATEWAY', message }
  }
  return { code: 'MALFORMED_REQUEST', message: 'The body of the request could not be read.' }
}
