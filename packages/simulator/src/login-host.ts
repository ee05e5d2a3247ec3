/** The login host knows every org: it finds the one that a request is about by what the request carries. */
import type { SimRequest } from './route.ts'
import { hasCode } from './oauth/authorization-code.ts'
import { clientCredentialsFrom } from './oauth/client.ts'
import { hasDevice } from './oauth/device.ts'
import { namesIn } from './oauth/jwt-bearer.ts'
import { bearerOf } from './sessions/bearer.ts'
import { findAccessToken } from './sessions/access-tokens.ts'
import { sessionOf, usernameOf } from './soap/login.ts'
import { knowsKey } from './state/consumers.ts'
import { findRefreshToken } from './state/grants.ts'
import type { Org } from './state/org.ts'
import { userByName } from './state/users.ts'

type Test = (org: Org) => boolean

export function findOrg(orgs: readonly Org[], request: SimRequest, form: URLSearchParams): Org {
  const tests: Test[] = []
  const add = (value: string | null | undefined, test: (org: Org, value: string) => boolean): void => {
    if (value !== null && value !== undefined && value !== '') tests.push((org) => test(org, value))
  }
  const assertion = namesIn(form.get('assertion') ?? '')
  const isSoap = request.path.startsWith('/services/Soap/')
  const body = isSoap ? request.body.toString() : ''
  const named = (org: Org, username: string): boolean => userByName(org, username) !== undefined

  add(form.get('refresh_token'), (org, token) => findRefreshToken(org, token) !== undefined)
  add(form.get('code'), (org, code) => hasCode(org, code) || hasDevice(org, code))
  add(
    form.get('token'),
    (org, token) => findRefreshToken(org, token) !== undefined || findAccessToken(org, token) !== undefined,
  )
  add(bearerOf(request), (org, token) => findAccessToken(org, token) !== undefined)
  for (const name of [assertion.username, form.get('username'), form.get('__auto'), form.get('login_hint')])
    add(name, named)
  if (isSoap) {
    add(usernameOf(body), named)
    add(sessionOf(body), (org, token) => findAccessToken(org, token) !== undefined)
  }
  add(/^\/id\/([A-Za-z0-9]{15,18})\//.exec(request.path)?.[1], (org, id) => org.id.startsWith(id.slice(0, 15)))
  add(assertion.clientId, (org, id) => knowsKey(org, id))
  add(clientCredentialsFrom(request, form).id, (org, id) => knowsKey(org, id))

  for (const test of tests) {
    const found = orgs.find(test)
    if (found !== undefined) return found
  }
  const [first] = orgs
  if (first === undefined) throw new Error('A simulator has at least one org')
  return first
}
