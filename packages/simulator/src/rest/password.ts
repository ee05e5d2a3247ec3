/** /sobjects/User/{id}/password: whether it has expired, setting it, resetting it to a generated one. */
import { ApiError, notFound } from '../data/api-error.ts'
import { canonicalId } from '../data/record-id.ts'
import type { Org } from '../state/org.ts'
import { isPasswordExpired } from '../state/password-policy.ts'
import type { Refusal } from '../state/password-policy.ts'
import { mayManagePassword, resetPassword, setPassword } from '../state/passwords.ts'
import { userById } from '../state/users.ts'
import type { SimUser } from '../state/users.ts'
import type { Answer, Call, Resource } from './call.ts'
import { jsonBody } from './call.ts'

const noAccess = (): ApiError =>
  new ApiError(403, 'INSUFFICIENT_ACCESS', 'You do not have permission to view this record.')

/** Resources of the identity side: they find the whole org behind a call. */
export type OrgOf = (call: Call) => Org

function subjectOf(org: Org, call: Call, text: string): SimUser {
  const id = canonicalId(text)
  const user = id === undefined ? undefined : userById(org, id)
  if (user === undefined) throw notFound()
  if (!mayManagePassword(org, call.session.userId, user.id)) throw noAccess()
  return user
}

export function passwordResources(orgOf: OrgOf): readonly Resource[] {
  const byOf = (call: Call) => ({ userId: call.session.userId, accessTokenId: call.session.accessTokenId })
  const refused = (org: Org, { code, message }: Refusal): ApiError =>
    new ApiError(org.settings().passwordRefusalStatus, code, message)

  const read = (call: Call, id: string): Answer => {
    const org = orgOf(call)
    return { status: 200, body: { isExpired: isPasswordExpired(org, subjectOf(org, call, id)) } }
  }
  const set = (call: Call, id: string): Answer => {
    const org = orgOf(call)
    const user = subjectOf(org, call, id)
    if (user.id === call.session.userId && !org.settings().setPasswordForSelf) throw noAccess()
    const { NewPassword: password, ...more } = jsonBody(call)
    if (typeof password !== 'string' || Object.keys(more).length > 0)
      throw new ApiError(400, 'JSON_PARSER_ERROR', 'The body has to be an object with the one field NewPassword')
    const refusal = setPassword(org, user, password, byOf(call))
    if (refusal !== undefined) throw refused(org, refusal)
    return { status: 204 }
  }
  const reset = (call: Call, id: string): Answer => {
    const org = orgOf(call)
    const made = resetPassword(org, subjectOf(org, call, id), byOf(call), true)
    if (typeof made !== 'string') throw refused(org, made)
    return { status: 200, body: { NewPassword: made } }
  }
  return [
    {
      pattern: /^\/sobjects\/User\/([^/]+)\/password$/i,
      methods: {
        GET: (call, match) => read(call, match[1] ?? ''),
        HEAD: (call, match) => ({ status: read(call, match[1] ?? '').status }),
        POST: (call, match) => set(call, match[1] ?? ''),
        DELETE: (call, match) => reset(call, match[1] ?? ''),
      },
    },
  ]
}
