/**
 * Changing passwords and security tokens, with everything that follows: the token that ends with the password, the mail
 * with the new one, the sessions, what an administrator sees. Whoever calls has checked who may.
 */
import { hasPermission } from '../data/index.ts'
import { sendResetLink, sendToken } from '../mail/outbox.ts'
import { endAccessToken } from '../sessions/access-tokens.ts'
import type { Org } from './org.ts'
import { generatedPassword, objectionToPassword, showExpiry } from './password-policy.ts'
import type { Refusal } from './password-policy.ts'
import { recordSetupChange } from './platform-rows.ts'
import { updateUser, userById } from './users.ts'
import type { SimUser } from './users.ts'

/** Who changes it: the user itself, or someone else in its place. */
interface Changer {
  readonly userId: string
  /** The session it came by, which `others` spares. */
  readonly accessTokenId: string | null
}

export const newSecurityToken = (org: Org): string =>
  org.ids
    .token('security-token', 64)
    .replace(/[^A-Za-z0-9]/g, '')
    .slice(0, 25)

/** Why a user can't be given a security token of its own; undefined: it can. */
function tokenObstacle(org: Org, user: SimUser): string | undefined {
  if (user.apiOnly || hasPermission(org, user.id, 'ApiUserOnly'))
    return 'the user is API Only, and the page is not for such users'
  if (user.loginAddresses !== null) return 'the profile has login IP ranges, which stand in for security tokens'
  if (hasPermission(org, user.id, 'TwoFactorApi')) return 'the user needs multi-factor authentication for API logins'
  return undefined
}

/** "Reset My Security Token": a new token, by mail only. */
export function resetSecurityToken(org: Org, user: SimUser): void {
  const obstacle = tokenObstacle(org, user)
  if (obstacle !== undefined) throw new Error(`The security token of ${user.username} can’t be reset: ${obstacle}`)
  giveToken(org, user, true)
}

function giveToken(org: Org, user: SimUser, mails: boolean): void {
  updateUser(org, user.id, { securityToken: newSecurityToken(org) })
  const now = userById(org, user.id)
  if (mails && now !== undefined) sendToken(org, now)
}

function endSessions(org: Org, user: SimUser, by: Changer): void {
  const { passwordChangeEndsSessions: reach, endSessionsOnPasswordReset, passwordResetEnds } = org.settings()
  const all = reach === 'all' || (endSessionsOnPasswordReset && passwordResetEnds === 'all' && by.userId !== user.id)
  if (!all && reach === 'none') return
  for (const row of org.sql('SELECT id FROM sim_access_token WHERE userId = ? AND live = 1').all(user.id)) {
    const id = String(row['id'])
    if (all || id !== by.accessTokenId) endAccessToken(org, id, 'password changed')
  }
}

/** Sets a password of somebody's choice; or says why not. */
export function setPassword(org: Org, user: SimUser, password: string, by: Changer): Refusal | undefined {
  const refusal = objectionToPassword(org, user, password)
  if (refusal !== undefined) return refusal
  const settings = org.settings()
  updateUser(org, user.id, {
    password,
    passwordChangedAt: org.now(),
    passwordExpired: false,
    failedLogins: 0,
    lockedUntil: 0,
  })
  showExpiry(org, user.id)
  recordSetupChange(org, {
    action: 'changedpassword',
    section: 'Manage Users',
    display: `Changed password for user ${user.username}`,
    by: by.userId,
  })
  if (settings.apiPasswordResetsToken) {
    const reachable = settings.tokenMailToRestricted || tokenObstacle(org, user) === undefined
    giveToken(org, user, settings.apiPasswordMailsToken && reachable)
  }
  // A session that was good for nothing but this is a whole one now.
  org.sql(`UPDATE sim_access_token SET kind = 'soap' WHERE userId = ? AND kind = 'soap-restricted'`).run(user.id)
  endSessions(org, user, by)
  return undefined
}

/** A generated password, to be changed at the first login; the token ends, and the next one comes with that change. */
export function resetPassword(org: Org, user: SimUser, by: Changer, mails: boolean): string | Refusal {
  const password = generatedPassword(org, user)
  const refusal = objectionToPassword(org, user, password)
  if (refusal !== undefined) return refusal
  updateUser(org, user.id, {
    password,
    passwordChangedAt: org.now(),
    passwordExpired: true,
    failedLogins: 0,
    lockedUntil: 0,
  })
  showExpiry(org, user.id)
  recordSetupChange(org, {
    action: 'resetpassword',
    section: 'Manage Users',
    display: `Reset password for user ${user.username}`,
    by: by.userId,
  })
  giveToken(org, user, false)
  if (mails) sendResetLink(org, user)
  endSessions(org, user, by)
  return password
}

/** Whether somebody may look at and change a password: its owner, and who may reset passwords. */
export const mayManagePassword = (org: Org, caller: string, userId: string): boolean =>
  caller === userId ||
  ['ResetPasswords', 'ManageUsers', 'ManageInternalUsers'].some((one) => hasPermission(org, caller, one))
