/**
 * Rule 8: a young token that was refused is looked at twice, with the token itself and without spending anything.
 */
import type { Runtime } from '../runtime.ts'
import { Secret } from '../secret.ts'
import type { StoredGrant } from '../store/store.ts'
import { request } from '../wire/request.ts'
import { sessionVerdict } from './session-refused.ts'

/** Served since Spring '24 and for years to come; any version shows whether the API takes the token. */
const API = '/services/data/v60.0/'
const USERINFO = '/services/oauth2/userinfo'

/**
 * `lives`: the API takes it, or nobody could tell (an unknown answer never causes an exchange) · `dead`: Salesforce
 * knows no such session · `uncurable`: the session is good and the API refuses it all the same.
 */
export const probe = async (rt: Runtime, grant: StoredGrant): Promise<'lives' | 'dead' | 'uncurable'> => {
  const token = await rt.store.secret(grant.id, 'accessToken')
  if (token === null || grant.access === null) return 'dead'
  const { instanceUrl } = grant.access
  const get = async (path: string) => {
    const headers = { authorization: new Secret(`Bearer ${token.reveal()}`), accept: 'application/json' }
    const { status, body } = await request(new URL(path, instanceUrl), { headers, timeout: rt.limits.wait }, rt.net)
    return { status, body: new TextDecoder().decode(body) }
  }
  try {
    const api = sessionVerdict(await get(API))
    if (api !== 'dead') return api === 'fine' ? 'lives' : 'uncurable'
    const identity = await get(USERINFO)
    return identity.status === 200 ? 'uncurable' : sessionVerdict(identity) === 'dead' ? 'dead' : 'lives'
  } catch {
    return 'lives'
  }
}
