/** What the tests of this folder say to a simulator about credentials. */
import assert from 'node:assert/strict'
import { answerOf, userOf } from '../identity/wire.ts'
import type { Answer } from '../identity/wire.ts'
import type { Simulator } from '../../src/index.ts'

/** An access token of a user for the REST and SOAP APIs. */
export const sessionOf = (sim: Simulator, user: string, app = 'Web'): string =>
  sim.control.grant({ user, app }).accessToken

export const admin = (sim: Simulator): string => sessionOf(sim, userOf(sim, 'admin').username)

export const rest = async (
  sim: Simulator,
  session: string,
  method: string,
  path: string,
  body?: unknown,
  version = '66.0',
): Promise<Answer> =>
  answerOf(
    await fetch(`${sim.url}/services/data/v${version}${path}`, {
      method,
      headers: { Authorization: `Bearer ${session}`, 'Content-Type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }),
  )

export const errorOf = (answer: Answer): readonly [number, string | undefined, string | undefined] => {
  const first = (answer.json as unknown as readonly { readonly errorCode?: string; readonly message?: string }[])[0]
  return [answer.status, first?.errorCode, first?.message]
}

export const setPassword = (sim: Simulator, session: string, userId: string, password: string): Promise<Answer> =>
  rest(sim, session, 'POST', `/sobjects/User/${userId}/password`, { NewPassword: password })

export async function soap(
  sim: Simulator,
  content: string,
  of: {
    readonly session?: string
    readonly flavour?: 'u' | 'c'
    readonly address?: string
    readonly header?: string
  } = {},
): Promise<Answer> {
  const flavour = of.flavour ?? 'u'
  const namespace = flavour === 'u' ? 'urn:partner.soap.sforce.com' : 'urn:enterprise.soap.sforce.com'
  const session = of.session === undefined ? '' : `<SessionHeader><sessionId>${of.session}</sessionId></SessionHeader>`
  return answerOf(
    await fetch(`${sim.url}/services/Soap/${flavour}/64.0`, {
      method: 'POST',
      headers: {
        'Content-Type': 'text/xml',
        SOAPAction: '""',
        ...(of.address === undefined ? {} : { 'X-Sim-Address': of.address }),
      },
      body: `<?xml version="1.0"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns="${namespace}"><s:Header>${session}${of.header ?? ''}</s:Header><s:Body>${content}</s:Body></s:Envelope>`,
    }),
  )
}

/** login() from an untrusted address, unless another is given: the answer's status, or the code of the fault. */
export async function login(
  sim: Simulator,
  username: string,
  secret: string,
  address = '198.51.100.7',
): Promise<string> {
  const answer = await soap(sim, `<login><username>${username}</username><password>${secret}</password></login>`, {
    address,
  })
  return answer.status === 200 ? 'in' : faultOf(answer)[0]
}

export function faultOf(answer: Answer): readonly [string, string, string] {
  assert.equal(answer.status, 500, answer.text)
  const pick = (pattern: RegExp): string => pattern.exec(answer.text)?.[1] ?? ''
  return [pick(/<sf:exceptionCode>([^<]*)</), pick(/<sf:exceptionMessage>([^<]*)</), pick(/<detail><sf:(\w+)/)]
}
