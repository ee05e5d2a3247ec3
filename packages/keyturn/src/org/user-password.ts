/**
 * The password of a user, as the REST password resource and SOAP changeOwnPassword() know it: whether it has expired,
 * setting it, having a reset link mailed. Source: REST API guide, “sObject User Password”.
 */
import { KeyturnError } from '@keyturn/tokens'
import type { Keyturn, Secret } from '@keyturn/tokens'
import type { Network } from '@keyturn/tokens/maintenance'
import { orgRefused, refusalOf, row } from './connection.ts'
import type { OrgConnection } from './connection.ts'
import { soapCall } from './soap-call.ts'

export type PasswordSet =
  | { readonly is: 'set' }
  /** By a policy; the org’s own words. Usually nothing was changed: a request that was delivered twice reads so, too. */
  | { readonly is: 'refused'; readonly code: string; readonly why: string }

const resource = (userId: string): string => `/sobjects/User/${userId}/password`

const policyCodes = new Set(['INVALID_NEW_PASSWORD', 'INVALID_OLD_PASSWORD'])

/** Throws ORG_REFUSED where this user may not look, hence may not set it either. */
export const isPasswordExpired = async (org: OrgConnection, userId: string): Promise<boolean> =>
  row(await org.rest('GET', resource(userId)))['isExpired'] === true

/** Throws where the outcome is unknown (no answer, 5xx) and where this user may not. */
export const setPassword = async (org: OrgConnection, userId: string, password: Secret): Promise<PasswordSet> => {
  const answer = await org.send('POST', resource(userId), { NewPassword: password.reveal() })
  if (answer.status < 400) return { is: 'set' }
  const { code, message } = refusalOf(answer)
  // By its code and not by its status: INVALID_NEW_PASSWORD was seen with 500.
  if (policyCodes.has(code)) return { is: 'refused', code, why: message }
  throw orgRefused('Setting the password', answer)
}

/**
 * The password ends at once and Salesforce mails the user a link. Some orgs answer with a generated password instead, as
 * older documentation has it: it is the user’s, so it is not looked at.
 */
export const resetPassword = async (org: OrgConnection, userId: string): Promise<PasswordSet> => {
  const answer = await org.send('DELETE', resource(userId))
  if (answer.status < 400) return { is: 'set' }
  const { code, message } = refusalOf(answer)
  if (policyCodes.has(code)) return { is: 'refused', code, why: message }
  throw orgRefused('Resetting the password', answer)
}

/** As the user itself, whose grant this is. */
export const changeOwnPassword = async (
  { keyturn, network, grant }: { readonly keyturn: Keyturn; readonly network: Network; readonly grant: string },
  { oldPassword, newPassword }: { readonly oldPassword: Secret; readonly newPassword: Secret },
): Promise<PasswordSet> => {
  const call = { operation: 'changeOwnPassword', fields: { oldPassword, newPassword } }
  const once = async (): ReturnType<typeof soapCall> => {
    const { accessToken, instanceUrl, generation } = await keyturn.token(grant)
    const answer = await soapCall(network, instanceUrl, { ...call, session: accessToken })
    if (answer.is === 'fault' && answer.code === 'INVALID_SESSION_ID') await keyturn.rejected(grant, generation)
    return answer
  }
  let answer = await once()
  // A dead session did nothing.
  if (answer.is === 'fault' && answer.code === 'INVALID_SESSION_ID') answer = await once()
  if (answer.is === 'answer') return { is: 'set' }
  if (answer.is === 'unclear') throw new KeyturnError('ORG_UNAVAILABLE', `Changing the password: ${answer.why}`)
  if (policyCodes.has(answer.code)) return { is: 'refused', code: answer.code, why: answer.message }
  throw new KeyturnError('ORG_REFUSED', `Changing the password: ${answer.code}: ${answer.message}`, {
    data: { errorCode: answer.code },
  })
}
