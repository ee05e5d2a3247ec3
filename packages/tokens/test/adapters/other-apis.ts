/**
 * The ways of SOAP, Metadata, Bulk 1 and Bulk 2 to say that a session is over, in front of a simulated org: each has its
 * own, and jsforce recognises each in another place. Whether a token lives is asked of the org itself; everything that
 * is not one of these APIs is passed on to it.
 */
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import type { TestContext } from 'node:test'
import type { Org } from './org.ts'

interface Dialect {
  readonly path: RegExp
  readonly token: (request: IncomingMessage, body: string) => string | undefined
  readonly over: readonly [number, string, string]
  readonly fine: readonly [number, string, string]
}

const envelope = (body: string): string =>
  `<?xml version="1.0"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body>${body}</soapenv:Body></soapenv:Envelope>`
const bearer = (request: IncomingMessage): string | undefined => request.headers.authorization?.replace('Bearer ', '')
const soap = (path: RegExp, answer: string): Dialect => ({
  path,
  token: (_, body) => /<(?:\w+:)?sessionId>([^<]+)</.exec(body)?.[1],
  over: [
    500,
    'text/xml',
    envelope(
      '<soapenv:Fault><faultcode>sf:INVALID_SESSION_ID</faultcode><faultstring>INVALID_SESSION_ID: Invalid Session ID found in SessionHeader: Illegal Session. Session not found, missing session hash: x</faultstring></soapenv:Fault>',
    ),
  ],
  fine: [200, 'text/xml', envelope(answer)],
})

const dialects: readonly Dialect[] = [
  soap(
    /^\/services\/Soap\/u\//,
    '<getServerTimestampResponse><result><timestamp>2026-11-22T00:00:00Z</timestamp></result></getServerTimestampResponse>',
  ),
  soap(
    /^\/services\/Soap\/m\//,
    '<describeMetadataResponse><result><organizationNamespace>acme</organizationNamespace></result></describeMetadataResponse>',
  ),
  {
    path: /^\/services\/async\//,
    token: (request) => String(request.headers['x-sfdc-session']),
    over: [
      400,
      'application/xml',
      '<error xmlns="http://www.force.com/2009/06/asyncapi/dataload"><exceptionCode>InvalidSessionId</exceptionCode><exceptionMessage>Invalid session id</exceptionMessage></error>',
    ],
    fine: [
      201,
      'application/xml',
      '<jobInfo xmlns="http://www.force.com/2009/06/asyncapi/dataload"><id>750x</id><state>Open</state></jobInfo>',
    ],
  },
  {
    path: /^\/services\/data\/v[\d.]+\/jobs\//,
    token: bearer,
    over: [401, 'application/json', '[{"message":"Session expired or invalid","errorCode":"INVALID_SESSION_ID"}]'],
    fine: [200, 'application/json', '{"id":"750y","state":"Open"}'],
  },
]

/** Puts these APIs in front of the org, and makes the org say that it lives there. */
export const serveOtherApis = async (t: TestContext, org: Org): Promise<string> => {
  const lives = async (token: string | undefined): Promise<boolean> => {
    const headers = { authorization: `Bearer ${token}` }
    return (await fetch(`${org.sim.url}/services/oauth2/userinfo`, { headers })).ok
  }
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await text(request)
    const dialect = dialects.find(({ path }) => path.test(request.url ?? ''))
    if (dialect !== undefined) {
      const [status, type, said] = (await lives(dialect.token(request, body))) ? dialect.fine : dialect.over
      response.writeHead(status, { 'content-type': type }).end(said)
      return
    }
    const passed = await fetch(`${org.sim.url}${request.url}`, {
      method: request.method ?? 'GET',
      headers: { authorization: request.headers.authorization ?? '' },
    })
    response.writeHead(passed.status, { 'content-type': passed.headers.get('content-type') ?? 'text/plain' })
    response.end(await passed.text())
  }
  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy())
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    server.close()
    server.closeAllConnections()
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  org.sim.control.changeOrg({ settings: { instanceUrl: url } })
  return url
}
