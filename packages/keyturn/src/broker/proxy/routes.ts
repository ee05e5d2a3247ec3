/**
 * The proxy: REST, Tooling, Bulk, SOAP, Metadata, CometD. A virtual token comes in, the real one goes out, and nothing
 * of a body is looked at but the head of a SOAP envelope.
 */
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { KeyturnError } from '@keyturn/tokens'
import type { BrokerContext } from '../caller.ts'
import { placeOf } from '../callers/prove.ts'
import { deskOf } from '../sessions/desk.ts'
import type { Desk } from '../sessions/desk.ts'
import type { FaceOptions } from '../sessions/options.ts'
import type { Judged } from '../sessions/virtual-sessions.ts'
import { soapLogin, soapLogout } from '../face/soap-login.ts'
import { mayTakeLong } from '../upload-limit.ts'
import { carried, shownToken } from './credential.ts'
import type { Carrier } from './credential.ts'
import { forward } from './forward.ts'
import type { ProxyCall } from './forward.ts'
import { requestHeaders } from './headers.ts'
import type { FlatHeaders } from './headers.ts'
import { BodyTooLarge, keptBody } from './kept-body.ts'
import type { KeptBody } from './kept-body.ts'
import { answerRefusal, noSession, troubleOf } from './refusal.ts'
import type { Refusal } from './refusal.ts'
import { plainSource, sessionReplacement, smallText, soapHeadOf, spliced, Unreadable } from './soap-request.ts'
import { pathAllowed, targetOf } from './target.ts'
import type { Target } from './target.ts'

const LONGEST_HEAD = 64 * 1024
/** Salesforce takes no longer login either. */
const LONGEST_LOGIN = 10 * 1024

export const proxyRoutes =
  (context: BrokerContext, given?: Partial<FaceOptions>): FastifyPluginAsync =>
  async (app) => {
    const desk = deskOf(context, given)
    // What was thrown before a handler ran: said in the words of the API that was called.
    app.setErrorHandler((error: unknown, request, reply) => {
      const target = targetOf(request.method, request.raw.url ?? '')
      const of = 'refused' in target ? ({ api: 'rest', path: '' } as const) : target
      return refuse(reply, of, refusalOf(desk, error))
    })
    // Bodies stay streams.
    app.removeAllContentTypeParsers()
    app.addContentTypeParser('*', (_request, _payload, done) => done(null))
    for (const prefix of ['', '/orgs/:org', '/']) {
      for (const tree of ['services', 'cometd']) {
        app.route({
          method: ['DELETE', 'GET', 'HEAD', 'PATCH', 'POST', 'PUT'],
          url: `${prefix}/${tree}/*`,
          exposeHeadRoute: false,
          handler: (request, reply) => serve(desk, request, reply),
        })
      }
    }
    await Promise.resolve()
  }

const serve = async (desk: Desk, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
  const target = targetOf(request.method, request.raw.url ?? '')
  if ('refused' in target) {
    const code = ({ 400: 'MALFORMED_REQUEST', 404: 'NOT_FOUND', 405: 'METHOD_NOT_ALLOWED' } as const)[target.status]
    return refuse(reply, { api: 'rest', path: '' }, { code, message: target.refused })
  }
  const api = target.api === 'soap' ? serveSoap : servePlain
  const refusal = await api(desk, target, request, reply).catch((error: unknown) => refusalOf(desk, error))
  return refusal === null ? reply : refuse(reply, target, refusal)
}

const refuse = (reply: FastifyReply, of: Pick<Target, 'api' | 'path'>, refusal: Refusal): FastifyReply => {
  const { status, headers, body } = answerRefusal(of.api, of.path, refusal)
  return reply.code(status).headers(headers).send(body)
}

const refusalOf = ({ context }: Desk, error: unknown): Refusal => {
  if (error instanceof KeyturnError) return troubleOf(error)
  if (error instanceof BodyTooLarge) return { code: 'REQUEST_TOO_LARGE', message: 'The body is too large.' }
  if (error instanceof Unreadable) {
    return { code: 'MALFORMED_REQUEST', message: `The request is not a SOAP envelope: ${error.message}.` }
  }
  const name = error instanceof Error ? error.name : typeof error
  context.log.error('A proxied call failed here', { error: name })
  return { code: 'BAD_GATEWAY', message: 'The broker could not pass this call on.' }
}

const hasBody = ({ headers }: FastifyRequest): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0

const bodyOf = ({ options }: Desk, source: Parameters<typeof keptBody>[0]): KeptBody =>
  keptBody(source, { keep: options.keptBody + LONGEST_HEAD, most: options.bodyLimit })

const isLarge = ({ options }: Desk, { headers }: FastifyRequest): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > options.keptBody

/** Whose call it is, and whether it may be made. */
const admit = async (
  { context, sessions }: Desk,
  token: string,
  target: Target,
  request: FastifyRequest,
): Promise<Judged | Refusal> => {
  const judged = await sessions.judge(token, { ...placeOf(context, request), face: 'proxy' })
  if (judged === null) return noSession
  const { caller, session } = judged
  // As at Salesforce: what is meant for one org must not land in another, because a program mixed up its sessions.
  const org = context.orgOf(request)
  if (org !== null && org !== session.grant) return { ...noSession, message: 'This session belongs to another org' }
  if (!pathAllowed(caller.paths, target)) {
    return {
      code: 'INSUFFICIENT_ACCESS',
      message: `The policy of caller ${caller.name} does not allow ${target.method} ${target.path}.`,
    }
  }
  const wait = context.callers.pace(caller)
  if (wait > 0) {
    return {
      code: 'REQUEST_LIMIT_EXCEEDED',
      message: `Caller ${caller.name} calls more often than its policy allows.`,
      retryAfter: wait,
    }
  }
  context.callers.used(caller, session.grant, 'proxy')
  mayTakeLong(request.raw)
  return judged
}

const apexClass = /^\/services\/Soap\/(?:class|package)\//

const ambiguous: Refusal = { code: 'MALFORMED_REQUEST', message: 'The request shows more than one access token.' }

const servePlain = async (
  desk: Desk,
  target: Target,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<Refusal | null> => {
  const { rawHeaders } = request.raw
  const shown = shownToken(rawHeaders)
  if (shown === 'ambiguous') return ambiguous
  const admitted = shown === null ? noSession : await admit(desk, shown.token, target, request)
  if (shown === null || 'code' in admitted) return 'code' in admitted ? admitted : noSession
  if (Number(request.headers['content-length'] ?? 0) > desk.options.bodyLimit) {
    return { code: 'REQUEST_TOO_LARGE', message: `A body may have ${desk.options.bodyLimit} bytes.` }
  }
  const body = hasBody(request) ? bodyOf(desk, request.raw) : null
  const headers = [...requestHeaders(rawHeaders), ...framing(request, 0)]
  return forward(
    desk,
    callOf(desk, request, target, { ...admitted, shown: shown.token }, body, (token) => ({
      headers: [...headers, ...carried(shown.carrier, token)],
      body: body?.read() ?? null,
    })),
    reply,
  )
}

/** The length where it is known: the same, or longer by so many bytes. */
const framing = ({ method, headers }: FastifyRequest, longer: number): FlatHeaders => {
  const length = headers['content-length']
  if (length !== undefined) return ['content-length', String(Number(length) + longer)]
  if (headers['transfer-encoding'] !== undefined) return ['transfer-encoding', 'chunked']
  return method === 'GET' || method === 'HEAD' || method === 'DELETE' ? [] : ['content-length', '0']
}

const callOf = (
  desk: Desk,
  request: FastifyRequest,
  target: Target,
  { session, shown }: Judged & { readonly shown: string },
  body: KeptBody | null,
  dress: ProxyCall['dress'],
): ProxyCall => ({
  grant: session.grant,
  target,
  body,
  large: body !== null && isLarge(desk, request),
  base: desk.context.baseUrl(request),
  virtual: shown,
  dress,
})

const serveSoap = async (
  desk: Desk,
  target: Target,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<Refusal | null> => {
  if (target.method !== 'POST' || target.override !== null)
    return { code: 'METHOD_NOT_ALLOWED', message: 'SOAP is called by POST.' }
  const { source, unpacked } = plainSource(request.raw)
  const body = bodyOf(desk, source)
  const head = await soapHeadOf(body, LONGEST_HEAD)
  // An Apex class may have methods of these names.
  const operation = apexClass.test(target.path) ? null : head.operation
  if (operation === 'login') return soapLogin(desk, target, request, reply, await smallText(body, LONGEST_LOGIN))
  const header = shownToken(request.raw.rawHeaders)
  if (header === 'ambiguous') return ambiguous
  const shown = head.session?.token ?? header?.token
  if (shown === undefined) return noSession
  if (head.session !== null && header !== null && header.token !== shown) return ambiguous
  const admitted = await admit(desk, shown, target, request)
  if ('code' in admitted) return admitted
  if (operation === 'logout') return soapLogout(desk, target, admitted, reply)
  const base = requestHeaders(request.raw.rawHeaders, 'content-encoding')
  const carrier: Carrier | null = header?.carrier ?? null
  return forward(
    desk,
    callOf(desk, request, target, { ...admitted, shown }, body, (token) => {
      const replacement = sessionReplacement(head, token)
      const longer = replacement === null ? 0 : replacement.bytes.length - (replacement.end - replacement.at)
      const length = unpacked ? ['transfer-encoding', 'chunked'] : framing(request, longer)
      return {
        headers: [...base, ...length, ...(carrier === null ? [] : carried(carrier, token))],
        body: replacement === null ? body.read() : spliced(body.read(), replacement),
      }
    }),
    reply,
  )
}
