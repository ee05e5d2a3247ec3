/** Whose session stands in the header of a SOAP call: judged as any other call's, refused in the words of SOAP. */
import type { Call } from '../oauth/context.ts'
import type { Session, SimRequest } from '../route.ts'
import { findAccessToken } from './access-tokens.ts'
import { judgeSession } from './authenticate.ts'

interface SoapRefusal {
  readonly code: string
  readonly message: string
}

/** SOAP takes JWT access tokens from this version on. */
const firstWithJwt = 68

const illegal: SoapRefusal = {
  code: 'INVALID_SESSION_ID',
  message: 'Invalid Session ID found in SessionHeader: Illegal Session',
}

export function judgeSoapSession(call: Call, sessionId: string, version: number): Session | SoapRefusal {
  const token = findAccessToken(call.org, sessionId)
  if (token === undefined || (token.kind === 'jwt' && version < firstWithJwt)) return illegal
  const request: SimRequest = {
    ...call.request,
    headers: { ...call.request.headers, authorization: `Bearer ${sessionId}` },
  }
  const session = judgeSession(call.org, request)
  if (!('status' in session)) return session
  if (session.status === 401 || typeof session.body !== 'string' || !session.body.startsWith('[')) return illegal
  const [first] = JSON.parse(session.body) as readonly { readonly errorCode: string; readonly message: string }[]
  return first === undefined ? illegal : { code: first.errorCode, message: first.message }
}
