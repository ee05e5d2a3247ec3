/**
 * How a failure is told over HTTP: the fields of `KeyturnError.toJSON()`, a status by its kind, Retry-After where
 * waiting helps. What nobody expected is told as a defect without a word of its own: its message may hold anything.
 */
import { httpStatuses, KeyturnError } from '@keyturn/tokens'
import type { Log } from './log.ts'
import { HostNotServed } from './where.ts'

interface HttpError {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: ReturnType<KeyturnError['toJSON']>
}

const statuses: Readonly<Record<string, number>> = {
  NOT_AUTHENTICATED: 401,
  RATE_LIMITED: 429,
  GRANT_NOT_FOUND: 404,
  CALLER_NOT_FOUND: 404,
  CALLER_EXISTS: 409,
  GRANT_EXISTS: 409,
}

const RETRY_SECONDS = 5

const httpError = (error: KeyturnError): HttpError => {
  const status = error instanceof HostNotServed ? 421 : (statuses[error.code] ?? httpStatuses[error.kind])
  const { retryAfter } = error.data
  const seconds = typeof retryAfter === 'number' ? retryAfter : RETRY_SECONDS
  return {
    status,
    headers: {
      ...(error.retry === 'later' ? { 'retry-after': String(seconds) } : {}),
      ...(status === 401 ? { 'www-authenticate': 'Bearer realm="keyturn", Basic realm="keyturn"' } : {}),
    },
    body: error.toJSON(),
  }
}

/** Fastify's own refusals (too large, not JSON, …) carry a status and a code of their own. */
const refusalOf = (error: unknown): HttpError | null => {
  if (!(error instanceof Error) || !('statusCode' in error) || !('code' in error)) return null
  const { statusCode: status, code } = error
  if (typeof status !== 'number' || status < 400 || status > 499 || typeof code !== 'string') return null
  const what = code
    .replace(/^FST_ERR_(CTP_)?/, '')
    .replaceAll('_', ' ')
    .toLowerCase()
  const told = new KeyturnError('BAD_ARGUMENT', `The request was refused: ${what}`, {
    fix: 'The OpenAPI document at /keyturn/v1/openapi.json says what is taken.',
  })
  return { status, headers: {}, body: told.toJSON() }
}

/** Where it happened, never what it said. */
const placeOf = (error: unknown): string =>
  error instanceof Error
    ? (/\(?((?:file:\/\/|\/)?[^\s()]+:\d+:\d+)\)?/.exec(error.stack?.split('\n    at ')[1] ?? '')?.[1] ?? '')
    : ''

export const toHttpError = (error: unknown, log: Log): HttpError => {
  if (error instanceof KeyturnError) return httpError(error)
  const refusal = refusalOf(error)
  if (refusal !== null) return refusal
  const name = error instanceof Error ? error.name : typeof error
  log.error('a request met a defect', { name, at: placeOf(error).replace(/^.*\//, '') })
  return httpError(new KeyturnError('DEFECT', 'Something went wrong inside the broker'))
}
