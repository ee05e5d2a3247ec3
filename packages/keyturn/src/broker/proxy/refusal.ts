/** The broker's own no, in the words of the API that was called: so that a client does with it what it always does. */
import type { KeyturnError } from '@keyturn/tokens'
import { flavourOf, soapFault, soapType } from '../face/soap-answer.ts'
import { HostNotServed } from '../where.ts'
import type { Api } from './target.ts'
import { escapeXml } from './xml-events.ts'

interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export interface Refusal {
  readonly code:
    | 'INVALID_SESSION_ID'
    | 'INSUFFICIENT_ACCESS'
    | 'REQUEST_LIMIT_EXCEEDED'
    | 'SERVER_UNAVAILABLE'
    | 'BAD_GATEWAY'
    | 'GATEWAY_TIMEOUT'
    | 'MALFORMED_REQUEST'
    | 'NOT_FOUND'
    | 'METHOD_NOT_ALLOWED'
    | 'REQUEST_TOO_LARGE'
    | 'MISDIRECTED_REQUEST'
  readonly message: string
  /** Seconds. */
  readonly retryAfter?: number
}

const statuses: Readonly<Record<Refusal['code'], number>> = {
  INVALID_SESSION_ID: 401,
  INSUFFICIENT_ACCESS: 403,
  REQUEST_LIMIT_EXCEEDED: 429,
  SERVER_UNAVAILABLE: 503,
  BAD_GATEWAY: 502,
  GATEWAY_TIMEOUT: 504,
  MALFORMED_REQUEST: 400,
  NOT_FOUND: 404,
  METHOD_NOT_ALLOWED: 405,
  REQUEST_TOO_LARGE: 413,
  MISDIRECTED_REQUEST: 421,
}

export const noSession: Refusal = { code: 'INVALID_SESSION_ID', message: 'Session expired or invalid' }

/** A grant in trouble is no reason for a client to throw its session or its stable token away: come again later. */
export const troubleOf = (error: KeyturnError): Refusal => {
  if (error instanceof HostNotServed) return { code: 'MISDIRECTED_REQUEST', message: `${error.message}. ${error.fix}` }
  if (error.code === 'BAD_ARGUMENT') return { code: 'MALFORMED_REQUEST', message: error.message }
  return {
    code: 'SERVER_UNAVAILABLE',
    message: `Keyturn has no working access token now (${error.code}): ${error.message}`,
    retryAfter: Number(error.data['retryAfter'] ?? (error.retry === 'never' ? 60 : 5)),
  }
}

export const answerRefusal = (api: Api, path: string, refusal: Refusal): Answer => {
  const { code, message, retryAfter } = refusal
  const later = retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }
  if (api === 'soap') {
    const text = code === 'INVALID_SESSION_ID' ? 'Invalid Session ID found in SessionHeader: Illegal Session' : message
    return {
      // SOAP 1.1 §6.2 says 500; an outage must be told from a fault by whoever looks at nothing but the status.
      status: code === 'SERVER_UNAVAILABLE' || code === 'GATEWAY_TIMEOUT' ? statuses[code] : 500,
      headers: { 'content-type': soapType, ...later },
      body: soapFault(flavourOf(path), code, text),
    }
  }
  if (api === 'bulk1') {
    const own = code === 'INVALID_SESSION_ID' ? 'InvalidSessionId' : code
    return {
      status: code === 'INVALID_SESSION_ID' ? 400 : statuses[code],
      headers: { 'content-type': 'application/xml', ...later },
      body:
        '<?xml version="1.0" encoding="UTF-8"?><error xmlns="http://www.force.com/2009/06/asyncapi/dataload">' +
        `<exceptionCode>${own}</exceptionCode><exceptionMessage>${escapeXml(message)}</exceptionMessage></error>`,
    }
  }
  return {
    status: statuses[code],
    headers: { 'content-type': 'application/json;charset=UTF-8', ...later },
    body: JSON.stringify([{ message, errorCode: code }]),
  }
}
