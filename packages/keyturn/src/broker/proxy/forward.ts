/**
 * Passes a call on with the real token, and again with a newer one where the org refused the first before it did
 * anything (a session is checked before the call is executed) and the body can begin again.
 */
import type { FastifyReply } from 'fastify'
import { KeyturnError } from '@keyturn/tokens'
import type { Token } from '@keyturn/tokens'
import type { Desk } from '../sessions/desk.ts'
import { traceUpstream } from '../traces/trace-upstream.ts'
import { decodedText, readBeginning, verdictOf, worthReading } from './expiry.ts'
import type { Beginning } from './expiry.ts'
import { responseHeaders } from './headers.ts'
import { BodyTooLarge } from './kept-body.ts'
import type { KeptBody } from './kept-body.ts'
import { troubleOf } from './refusal.ts'
import type { Refusal } from './refusal.ts'
import type { Target } from './target.ts'
import { sendUpstream, Unanswered } from './upstream.ts'
import type { UpstreamAnswer } from './upstream.ts'

export interface ProxyCall {
  readonly grant: string
  readonly target: Target
  readonly body: KeptBody | null
  /** More than what is kept of a body: the token is looked at first, since this can't be sent twice. */
  readonly large: boolean
  /** Where the broker is, for the caller. */
  readonly base: string
  /** What goes upstream with this token. */
  readonly dress: (token: string) => {
    readonly headers: Readonly<Record<string, string | readonly string[]>>
    readonly body: AsyncIterable<Buffer> | null
  }
}

/** One with the token at hand, one with a newer one that somebody had bought, one with the token bought for us. */
const MOST_CALLS = 3

/** Answers through `reply`, or returns the refusal that is to be answered. */
export const forward = async (desk: Desk, call: ProxyCall, reply: FastifyReply): Promise<Refusal | null> => {
  const { grant, target, body } = call
  try {
    let token = await (call.large ? desk.tokens.proven(grant) : desk.tokens.token(grant))
    for (let calls = 1; ; calls++) {
      const answer = await send(desk, call, token)
      if (reply.raw.destroyed) {
        answer.abandon()
        return null
      }
      const status = answer.message.statusCode ?? 502
      if (!worthReading(target.api, status)) {
        if (status < 500) desk.tokens.worked(grant, token.generation)
        return await pass(call, token, answer, null, reply)
      }
      const beginning = await readBeginning(answer.message)
      const verdict = verdictOf(target.api, status, decodedText(answer.message, beginning))
      if (verdict === 'fine' && status < 500) desk.tokens.worked(grant, token.generation)
      if (verdict !== 'dead') return await pass(call, token, answer, beginning, reply)
      // The last refusal is reported as well, so that the breaker learns of one that no exchange cures.
      const next = await desk.tokens.rejected(grant, token.generation).catch((error: unknown) => {
        if (error instanceof KeyturnError && error.code === 'ACCESS_UNCURABLE') return token
        throw error
      })
      const again = calls < MOST_CALLS && next.generation !== token.generation && (body === null || body.repeatable)
      if (!again) return await pass(call, token, answer, beginning, reply)
      if (!beginning.whole || body?.ended === false) answer.abandon()
      token = next
    }
  } catch (error) {
    return refusalOf(error)
  }
}

const send = async (desk: Desk, call: ProxyCall, token: Token): Promise<UpstreamAnswer> => {
  const { target, grant } = call
  const origin = new URL(new URL(token.instanceUrl).origin)
  const once = (): Promise<UpstreamAnswer> =>
    traceUpstream(desk.context.traces, { grant, host: origin.hostname, target }, (more) => {
      const { headers, body } = call.dress(token.accessToken)
      const sent = {
        origin,
        method: target.method,
        path: `${target.path}${target.search}`,
        idleLimit: desk.options.idleLimit,
        headers: { ...headers, ...more },
        body,
      }
      return sendUpstream(sent, desk.options.network)
    })
  try {
    return await once()
  } catch (error) {
    // A kept connection that was closed just now: safe to repeat where a repetition means nothing.
    const harmless = call.body === null && target.override === null && /^(GET|HEAD)$/.test(target.method)
    if (harmless && error instanceof Unanswered && error.reused) return once()
    throw error
  }
}

const refusalOf = (error: unknown): Refusal => {
  if (error instanceof KeyturnError) {
    if (error.code !== 'ENDPOINT_UNREACHABLE') return troubleOf(error)
    return { code: 'SERVER_UNAVAILABLE', message: error.message, retryAfter: 5 }
  }
  if (error instanceof BodyTooLarge) return { code: 'REQUEST_TOO_LARGE', message: 'The body is too large.' }
  if (error instanceof Unanswered) {
    const message = 'The connection to the org ended without an answer: the request may have been executed.'
    return { code: 'BAD_GATEWAY', message }
  }
  return { code: 'MALFORMED_REQUEST', message: 'The body of the request could not be read.' }
}

/** Streams the answer. Once its head is out, a failure can only cut it off. */
const pass = async (
  { base, body }: ProxyCall,
  { accessToken, instanceUrl }: Token,
  { message, abandon }: UpstreamAnswer,
  beginning: Beginning | null,
  reply: FastifyReply,
): Promise<null> => {
  const headers: Record<string, string | readonly string[]> = {
    ...responseHeaders(message.rawHeaders, { origin: new URL(instanceUrl).origin, base, token: accessToken }),
  }
  let chunks = beginning?.chunks ?? []
  if (beginning?.whole && message.headers['content-encoding'] === undefined) {
    const bytes = Buffer.concat(chunks)
    if (bytes.includes(accessToken)) {
      // An error text that quotes the session.
      chunks = [Buffer.from(bytes.toString('latin1').replaceAll(accessToken, '[removed]'), 'latin1')]
      delete headers['content-length']
    }
  }
  // What the client has not sent yet will not be read any more.
  if (body?.ended === false) headers['connection'] = 'close'
  reply.hijack()
  const { raw } = reply
  raw.on('close', () => {
    if (!raw.writableFinished) abandon()
  })
  try {
    raw.writeHead(message.statusCode ?? 502, headers as Record<string, string | string[]>)
    const rest = beginning?.rest ?? (message as AsyncIterable<Buffer>)[Symbol.asyncIterator]()
    for (const chunk of chunks) raw.write(chunk)
    if (beginning?.whole !== true) {
      for (let next = await rest.next(); next.done !== true; next = await rest.next()) {
        if (raw.destroyed) break
        if (!raw.write(next.value)) await writable(raw)
      }
    }
    raw.end()
  } catch {
    // Cut off: the client sees that the message is not complete.
    raw.destroy()
  }
  return null
}

const writable = (raw: FastifyReply['raw']): Promise<void> =>
  new Promise((resolve) => {
    const done = (): void => {
      raw.off('drain', done)
      raw.off('close', done)
      resolve()
    }
    raw.on('drain', done)
    raw.on('close', done)
    if (raw.destroyed) done()
  })
