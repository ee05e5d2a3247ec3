/**
 * `fetch` against the org: the token goes to the org's own host and nowhere else, and a dead session is repeated once.
 */
import { KeyturnError } from '../errors.ts'
import type { FetchInit, Token } from '../contract.ts'
import type { Runtime } from '../runtime.ts'
import { Secret } from '../secret.ts'
import { request } from '../wire/request.ts'
import type { TokenServer } from './serve.ts'
import { sessionVerdict } from './session-refused.ts'

const METHOD = /^[A-Z]{1,16}$/

export const apiFetch = async (
  rt: Runtime,
  tokens: TokenServer,
  name: string,
  path: string,
  init: FetchInit = {},
): Promise<Response> => {
  let token = await tokens.token(name)
  for (let calls = 1; ; calls++) {
    const answer = await call(rt, token, path, init)
    const verdict = sessionVerdict({ status: answer.status, body: textOf(answer) })
    if (verdict === 'fine') tokens.worked(name, token.generation)
    if (verdict !== 'dead') return respond(answer)
    // The last refusal is reported as well, so that the breaker learns of one that no exchange cures.
    const report = tokens.rejected(name, token.generation)
    const next = calls < MOST_CALLS ? await report : await report.catch(() => token)
    if (calls === MOST_CALLS || next.generation === token.generation) return respond(answer)
    token = next
  }
}

/** One with the token at hand, one with a newer one that somebody had bought, one with the token bought for us. */
const MOST_CALLS = 3

type Answer = Awaited<ReturnType<typeof request>>

const call = (rt: Runtime, token: Token, path: string, init: FetchInit): Promise<Answer> => {
  const method = (init.method ?? 'GET').toUpperCase()
  if (!METHOD.test(method)) throw new KeyturnError('BAD_ARGUMENT', 'The method is not an HTTP method')
  const url = new URL(path, token.instanceUrl)
  if (url.origin !== new URL(token.instanceUrl).origin) {
    throw new KeyturnError('BAD_ARGUMENT', `A token of ${new URL(token.instanceUrl).host} is not sent to ${url.host}`)
  }
  const headers = {
    accept: 'application/json',
    ...init.headers,
    authorization: new Secret(`Bearer ${token.accessToken}`),
  }
  return request(
    url,
    {
      method,
      headers,
      timeout: rt.limits.read,
      ...(init.body === undefined ? {} : { body: init.body }),
      ...(init.signal === undefined ? {} : { signal: init.signal }),
    },
    rt.net,
  )
}

const textOf = ({ status, body }: Answer): string => (status < 400 ? '' : new TextDecoder().decode(body))

const NO_BODY = new Set([101, 204, 205, 304])

const respond = ({ status, headers, body }: Answer): Response =>
  new Response(NO_BODY.has(status) ? null : new Uint8Array(body), { status, headers: Object.entries(headers) })
