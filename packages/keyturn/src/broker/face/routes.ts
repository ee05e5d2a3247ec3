/** The Salesforce-shaped OAuth endpoints. SOAP login() shares its addresses with the SOAP API: see proxy/routes.ts. */
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { KeyturnError } from '@keyturn/tokens'
import type { BrokerContext } from '../caller.ts'
import { deskOf } from '../sessions/desk.ts'
import type { Desk } from '../sessions/desk.ts'
import type { FaceOptions } from '../sessions/options.ts'
import { discovery } from './discovery.ts'
import { answerJson, OAuthRefusal, refuseForTrouble, refuseOAuth } from './oauth-answer.ts'
import { serveIdentity, serveIntrospect, serveRevoke } from './session-endpoints.ts'
import { serveToken } from './token.ts'

const LONGEST_FORM = 64 * 1024

type Endpoint = (desk: Desk, request: FastifyRequest, reply: FastifyReply) => unknown

interface IdentityParams {
  readonly orgId?: string
  readonly userId?: string
}

const identityOf = (request: FastifyRequest): string | null => {
  const { orgId = '', userId = '' } = request.params as IdentityParams
  return /^00D[A-Za-z0-9]{12,15}$/.test(orgId) && /^005[A-Za-z0-9]{12,15}$/.test(userId)
    ? `/id/${orgId}/${userId}`
    : null
}

const endpoints: readonly (readonly ['GET' | 'POST', string, Endpoint])[] = [
  ['POST', '/services/oauth2/token', serveToken],
  ['POST', '/services/oauth2/revoke', serveRevoke],
  ['POST', '/services/oauth2/introspect', serveIntrospect],
  ['GET', '/services/oauth2/userinfo', serveIdentity(() => '/services/oauth2/userinfo')],
  ['POST', '/services/oauth2/userinfo', serveIdentity(() => '/services/oauth2/userinfo')],
  ['GET', '/id/:orgId/:userId', serveIdentity(identityOf)],
  [
    'GET',
    '/.well-known/openid-configuration',
    ({ context }, request, reply) => answerJson(reply, discovery(context.baseUrl(request))),
  ],
]

export const faceRoutes =
  (context: BrokerContext, given?: Partial<FaceOptions>): FastifyPluginAsync =>
  async (app) => {
    const desk = deskOf(context, given)
    app.removeAllContentTypeParsers()
    app.addContentTypeParser('*', { parseAs: 'string', bodyLimit: LONGEST_FORM }, (_request, body, done) => {
      done(null, body)
    })
    app.setErrorHandler((error: unknown, _request, reply) => {
      if (error instanceof OAuthRefusal) return refuseOAuth(reply, 400, error.error, error.description)
      if (error instanceof KeyturnError) return refuseForTrouble(reply, error)
      const status =
        typeof error === 'object' && error !== null && 'statusCode' in error ? Number(error.statusCode) : 500
      if (status >= 400 && status < 500)
        return refuseOAuth(reply, status, 'invalid_request', 'the request is malformed')
      context.log.error('An OAuth endpoint failed here', { error: error instanceof Error ? error.name : typeof error })
      return refuseOAuth(reply, 503, 'temporarily_unavailable', 'The broker could not answer this request.', 5)
    })
    for (const prefix of ['', '/orgs/:org', '/']) {
      for (const [method, path, endpoint] of endpoints) {
        app.route({ method, url: `${prefix}${path}`, handler: (request, reply) => endpoint(desk, request, reply) })
      }
    }
    await Promise.resolve()
  }
