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

/**
 * Each refusal as REST, SOAP and Bulk 1.0 say it. SOAP and Bulk have closed lists (the WSDL's ExceptionCode, force-wsc's
 * AsyncExceptionCode): a strict stub that meets any other code fails at reading the fault, and nobody sees what it said.
 */
const codes = {
  INVALID_SESSION_ID: { status: 401, soap: 'INVALID_SESSION_ID', bulk: 'InvalidSessionId' },
  INSUFFICIENT_ACCESS: { status: 403, soap: 'INSUFFICIENT_ACCESS', bulk: 'InvalidUser' },
  REQUEST_LIMIT_EXCEEDED: { status: 429, soap: 'REQUEST_LIMIT_EXCEEDED', bulk: 'ExceededQuota' },
  SERVER_UNAVAILABLE: { status: 503, soap: 'SERVER_UNAVAILABLE', bulk: 'InternalServerError' },
  BAD_GATEWAY: { status: 502, soap: 'UNKNOWN_EXCEPTION', bulk: 'InternalServerError' },
  GATEWAY_TIMEOUT: { status: 504, soap: 'UNKNOWN_EXCEPTION', bulk: 'Timeout' },
  MALFORMED_REQUEST: { status: 400, soap: 'UNKNOWN_EXCEPTION', bulk: 'ClientInputError' },
  NOT_FOUND: { status: 404, soap: 'UNKNOWN_EXCEPTION', bulk: 'InvalidUrl' },
  METHOD_NOT_ALLOWED: { status: 405, soap: 'UNKNOWN_EXCEPTION', bulk: 'InvalidUrl' },
  REQUEST_TOO_LARGE: { status: 413, soap: 'EXCEEDED_MAX_SIZE_REQUEST', bulk: 'ClientInputError' },
  MISDIRECTED_REQUEST: { status: 421, soap: 'UNKNOWN_EXCEPTION', bulk: 'InvalidUrl' },
} as const

export interface Refusal {
  readonly code: keyof typeof codes
  readonly message: string
  /** Seconds. */
  readonly retryAfter?: number
}

export const noSession: Refusal = { code: 'INVALID_SESSION_ID', message: 'Session expired or invalid' }

/**
 * A grant in trouble is no reason for a client to throw its session or its stable token away: come again later. What the
 * request itself got wrong (a host that is not served, RFC 9110 §15.5.20; an org's name that is not encoded) is final.
 */
export const troubleOf = (error: KeyturnError): Refusal => {
  if (error instanceof HostNotServed) return { code: 'MISDIRECTED_REQUEST', message: `${error.message}. ${error.fix}` }
  if (error.code === 'BAD_ARGUMENT') return { code: 'MALFORMED_REQUEST', message: error.message }
  const unreachable = error.code === 'ENDPOINT_UNREACHABLE'
  return {
    code: 'SERVER_UNAVAILABLE',
    message: unreachable ? error.message : `Keyturn has no working access token now (${error.code}): ${error.message}`,
    retryAfter: Number(error.data['retryAfter'] ?? (error.retry === 'never' ? 60 : 5)),
  }
}

export const answerRefusal = (api: Api, path: string, refusal: Refusal): Answer => {
  const { code, message, retryAfter } = refusal
  const { status, soap, bulk } = codes[code]
  const later = retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }
  const lost = code === 'INVALID_SESSION_ID'
  if (api === 'soap') {
    const text = lost ? 'Invalid Session ID found in SessionHeader: Illegal Session' : message
    return {
      // SOAP 1.1 §6.2 says 500; an outage must be told from a fault by whoever looks at nothing but the status.
      status: code === 'SERVER_UNAVAILABLE' || code === 'GATEWAY_TIMEOUT' ? status : 500,
      headers: { 'content-type': soapType, ...later },
      body: soapFault(flavourOf(path), soap, text),
    }
  }
  if (api === 'bulk1') {
    return {
      status: lost ? 400 : status,
      headers: { 'content-type': 'application/xml', ...later },
      body:
        '<?xml version="1.0" encoding="UTF-8"?><error xmlns="http://www.force.com/2009/06/asyncapi/dataload">' +
        `<exceptionCode>${bulk}</exceptionCode><exceptionMessage>${escapeXml(message)}</exceptionMessage></error>`,
    }
  }
  return {
    status,
    headers: { 'content-type': 'application/json;charset=UTF-8', ...later },
    body: JSON.stringify([{ message, errorCode: code }]),
  }
}
