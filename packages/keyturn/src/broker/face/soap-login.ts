/**
 * SOAP login() and logout() as Salesforce answered them: so that a program which knows nothing else survives the
 * retirement of login(). The name and password are the caller's own, the session is a virtual one.
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { KeyturnError, Secret } from '@keyturn/tokens'
import { prove } from '../callers/prove.ts'
import type { Desk } from '../sessions/desk.ts'
import { grantFor, issueSession } from '../sessions/issue.ts'
import type { Issued } from '../sessions/issue.ts'
import type { Judged } from '../sessions/virtual-sessions.ts'
import { troubleOf } from '../proxy/refusal.ts'
import type { Refusal } from '../proxy/refusal.ts'
import { readSoapFields } from '../proxy/soap-head.ts'
import type { Target } from '../proxy/target.ts'
import { userInfoOf } from './organisation.ts'
import { flavourOf, soapElement, soapFault, soapResult, soapType } from './soap-answer.ts'

const address = /^\/services\/Soap\/([ucT])\/(\d{1,3}(?:\.\d)?)(?:\/[A-Za-z0-9]{15,18})?\/?$/

const invalidLogin = 'Invalid username, password, security token; or user locked out.'

/** `code`: one of the WSDL's ExceptionCode. */
const fault = (reply: FastifyReply, target: Target, code: string, message: string, status = 500): null => {
  void reply
    .code(status)
    .header('content-type', soapType)
    .send(soapFault(flavourOf(target.path), code, message))
  return null
}

/** `text`: the whole envelope, as latin1. Answers, or returns the refusal that is to be answered. */
export const soapLogin = async (
  desk: Desk,
  target: Target,
  request: FastifyRequest,
  reply: FastifyReply,
  text: string,
): Promise<Refusal | null> => {
  const [, letter, version] = address.exec(target.path) ?? []
  if (letter === undefined || version === undefined) {
    return fault(
      reply,
      target,
      'UNKNOWN_EXCEPTION',
      'login() is called at /services/Soap/u/VERSION or /c/VERSION.',
      404,
    )
  }
  const fields = readSoapFields(text)
  const { username, password } = fields ?? {}
  if (username === undefined || password === undefined || username === '' || password === '')
    return fault(reply, target, 'INVALID_LOGIN', invalidLogin)
  try {
    const { context } = desk
    const place = { base: context.baseUrl(request), address: context.addressOf(request) }
    const presented = { kind: 'password', username, password: new Secret(password) } as const
    const caller = await prove(context, request, 'soap', presented)
    const grant = caller === null ? null : grantFor(caller, context.orgOf(request))
    if (caller === null || grant === null) return fault(reply, target, 'INVALID_LOGIN', invalidLogin)
    const unfit = await unfitForSoap(desk, grant)
    if (unfit !== null) return fault(reply, target, 'FUNCTIONALITY_NOT_ENABLED', unfit)
    const issued = await issueSession(desk, caller, grant, { ...place, face: 'soap' })
    const result = await loginResult(desk, issued, { letter, version })
    context.callers.used(caller, grant, 'soap')
    const body = `<loginResponse><result>${result}</result></loginResponse>`
    void reply.header('content-type', soapType).send(soapResult(flavourOf(target.path), body))
    return null
  } catch (error) {
    if (error instanceof KeyturnError && error.code === 'RATE_LIMITED') {
      void reply.header('retry-after', String(error.data['retryAfter'] ?? 60))
      return fault(reply, target, 'REQUEST_LIMIT_EXCEEDED', 'Login Rate Exceeded')
    }
    if (error instanceof KeyturnError) return troubleOf(error)
    throw error
  }
}

/** Why sessions of this grant can't call the SOAP API, or null. */
const unfitForSoap = async ({ context }: Desk, grant: string): Promise<string | null> => {
  const stored = await context.keyturn.store.grant(grant)
  const { format, scope } = stored?.access ?? { format: 'opaque', scope: null }
  if (format === 'jwt') {
    return `The app of grant ${grant} issues JWT-based access tokens, which Salesforce takes for REST only: use REST, or switch them off for this app.`
  }
  const scopes = scope?.split(/\s+/) ?? ['api']
  if (scopes.includes('api') || scopes.includes('full')) return null
  return `The token of grant ${grant} has no scope api (it has: ${scopes.join(' ')}): connect it again with that scope.`
}

/** Every element of the WSDL's LoginResult in its order; strict stubs fail at a missing one. */
const loginResult = async (
  desk: Desk,
  { accessToken, instanceUrl, grant, token, whose }: Issued,
  { letter, version }: { readonly letter: string; readonly version: string },
): Promise<string> => {
  const info = await userInfoOf(desk, grant, { ...token, ...whose }, version)
  const org = String(info['organizationId']).slice(0, 15)
  const service = (one: string): string => `${instanceUrl}/services/Soap/${one}/${version}/${org}`
  const life = Math.round(desk.options.sessionLife / 1000)
  const userInfo = Object.entries(info).map(([name, value]) =>
    soapElement(name, name === 'sessionSecondsValid' ? Math.min(Number(value) || life, life) : value),
  )
  return [
    soapElement('metadataServerUrl', service('m')),
    soapElement('passwordExpired', false),
    soapElement('sandbox', /\.sandbox\.|--|^https?:\/\/cs\d+\./.test(token.instanceUrl)),
    soapElement('serverUrl', service(letter)),
    soapElement('sessionId', accessToken),
    soapElement('userId', String(info['userId'])),
    `<userInfo>${userInfo.join('')}</userInfo>`,
  ].join('')
}

/** Ends the virtual session of who calls it, and nothing else. */
export const soapLogout = async (desk: Desk, target: Target, judged: Judged, reply: FastifyReply): Promise<null> => {
  await desk.sessions.end(judged)
  void reply.header('content-type', soapType).send(soapResult(flavourOf(target.path), '<logoutResponse/>'))
  return null
}
