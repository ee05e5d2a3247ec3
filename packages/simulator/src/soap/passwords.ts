/**
 * setPassword(), resetPassword() and changeOwnPassword(), for partner and enterprise clients: the only calls that a
 * session with an expired password is good for.
 */
import { canonicalId } from '../data/index.ts'
import type { SimResponse } from '../route.ts'
import type { Org } from '../state/org.ts'
import type { Refusal } from '../state/password-policy.ts'
import { mayManagePassword, resetPassword, setPassword } from '../state/passwords.ts'
import { userById } from '../state/users.ts'
import type { SimUser } from '../state/users.ts'
import type { AccessToken } from '../sessions/access-tokens.ts'
import { element } from './envelope.ts'
import type { SoapCall } from './envelope.ts'

interface PasswordCall {
  readonly org: Org
  readonly session: AccessToken
  readonly read: SoapCall
  readonly refuse: (code: string, message: string) => SimResponse
  readonly answer: (body: string) => SimResponse
}

export const passwordOperations: ReadonlySet<string> = new Set(['setPassword', 'resetPassword', 'changeOwnPassword'])

const noAccess: Refusal = {
  code: 'INSUFFICIENT_ACCESS',
  message: 'You do not have permission to view this record.',
}

/** The user a call is about, if its caller may. */
function subjectOf({ org, session, read }: PasswordCall): SimUser | Refusal {
  const text = read.fields['userId'] ?? ''
  const id = canonicalId(text)
  const user = id === undefined ? undefined : userById(org, id)
  if (user === undefined) return { code: 'INVALID_ID_FIELD', message: `invalid user id: ${text}` }
  return mayManagePassword(org, session.userId, user.id) ? user : noAccess
}

export function changePassword(call: PasswordCall): SimResponse {
  const { org, session, read, refuse } = call
  const by = { userId: session.userId, accessTokenId: session.id }
  const finish = (outcome: Refusal | undefined, result = ''): SimResponse =>
    outcome === undefined
      ? call.answer(`<${read.operation}Response><result>${result}</result></${read.operation}Response>`)
      : refuse(outcome.code, outcome.message)

  if (read.operation === 'changeOwnPassword') {
    const user = userById(org, session.userId)
    if (user === undefined) return refuse(noAccess.code, noAccess.message)
    if (read.fields['oldPassword'] !== user.password)
      return refuse('INVALID_OLD_PASSWORD', 'Your old password is invalid.')
    return finish(setPassword(org, user, read.fields['newPassword'] ?? '', by))
  }
  const user = subjectOf(call)
  if ('code' in user) return refuse(user.code, user.message)
  if (read.operation === 'resetPassword') {
    const mails = read.headers['EmailHeader']?.['triggerUserEmail'] === 'true'
    const made = resetPassword(org, user, by, mails)
    return typeof made === 'string' ? finish(undefined, element('password', made)) : finish(made)
  }
  if (user.id === session.userId && !org.settings().setPasswordForSelf)
    return refuse(noAccess.code, 'setPassword is not available for your own password: use changeOwnPassword.')
  return finish(setPassword(org, user, read.fields['password'] ?? '', by))
}
