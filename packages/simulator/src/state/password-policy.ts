/**
 * What an org (or a profile, which then goes by its own rules alone) demands of a password, and what it says to one
 * that won't do. The texts are those of the REST guide and of error reports where there are any.
 */
import { dateTimeText, hasPermission } from '../data/index.ts'
import type { Org } from './org.ts'
import { defaultOrgSettings } from './settings.ts'
import type { PasswordPolicy } from './settings.ts'
import { formerSecrets, userById } from './users.ts'
import type { SimUser } from './users.ts'

const day = 86_400_000
const special = /[!"#$%&'()*+,\-./:;<=>?@[\\\]^_`{|}~]/

export interface Refusal {
  readonly code: string
  readonly message: string
}

export function passwordPolicyOf(org: Org, user: SimUser): PasswordPolicy {
  const settings = org.settings()
  const own = settings.profilePasswordPolicies[user.profile]
  return own === undefined ? settings : { ...defaultOrgSettings, ...own }
}

export function isPasswordExpired(org: Org, user: SimUser): boolean {
  if (user.passwordExpired) return true
  const { passwordExpiryDays } = passwordPolicyOf(org, user)
  if (passwordExpiryDays === null || hasPermission(org, user.id, 'PasswordNeverExpires')) return false
  return org.now() - user.passwordChangedAt > passwordExpiryDays * day
}

/** Writes what the user's row says of it. */
export function showExpiry(org: Org, userId: string): void {
  const user = userById(org, userId)
  if (user === undefined) return
  const { passwordExpiryDays: days } = passwordPolicyOf(org, user)
  const never = days === null || hasPermission(org, userId, 'PasswordNeverExpires')
  org
    .sql('UPDATE User SET PasswordExpirationDate = ? WHERE Id = ?')
    .run(never ? null : dateTimeText(user.passwordChangedAt + days * day), userId)
}

const complexities: Readonly<
  Record<PasswordPolicy['passwordComplexity'], readonly [(text: string) => boolean, string]>
> = {
  NoRestriction: [() => true, ''],
  AlphaNumeric: [
    (text) => /[A-Za-z]/.test(text) && /\d/.test(text),
    'Your password must have a mix of letters and numbers.',
  ],
  SpecialCharacters: [
    (text) => /[A-Za-z]/.test(text) && /\d/.test(text) && special.test(text),
    'Your password must have a mix of letters, numbers, and special characters.',
  ],
  UpperLowerCaseNumeric: [
    (text) => /[A-Z]/.test(text) && /[a-z]/.test(text) && /\d/.test(text),
    'Your password must have a mix of numbers and uppercase and lowercase letters.',
  ],
  UpperLowerCaseNumericSpecialCharacters: [
    (text) => /[A-Z]/.test(text) && /[a-z]/.test(text) && /\d/.test(text) && special.test(text),
    'Your password must have a mix of numbers, uppercase and lowercase letters, and special characters.',
  ],
  Any3UpperLowerCaseNumericSpecialCharacters: [
    (text) => [/[A-Z]/, /[a-z]/, /\d/, special].filter((kind) => kind.test(text)).length >= 3,
    'Your password must have a mix of at least three of these: numbers, uppercase letters, lowercase letters, special characters.',
  ],
}

const easy = /^(?:password\d*|passw0rd\d*|12345678\d*|qwertyui?o?p?\d*)$/i

/** Why the org won't take this password; undefined: it will. */
export function objectionToPassword(org: Org, user: SimUser, text: string): Refusal | undefined {
  const policy = passwordPolicyOf(org, user)
  const refuse = (message: string): Refusal => ({ code: 'INVALID_NEW_PASSWORD', message })
  if (policy.passwordMinimumLifetime && org.now() - user.passwordChangedAt < day)
    return refuse('Your password cannot be changed more than once in a 24-hour period.')
  if (text.length < policy.passwordMinimumLength)
    return refuse(`Your password must be at least ${policy.passwordMinimumLength} characters long.`)
  if (Buffer.byteLength(text) > 16_000) return refuse('Your password cannot exceed 16,000 bytes.')
  const [complies, complaint] = complexities[policy.passwordComplexity]
  if (!complies(text)) return refuse(complaint)
  const low = text.toLowerCase()
  const name = user.username.toLowerCase()
  if (easy.test(text) || low.includes(name) || [user.firstName, user.lastName].some((one) => one.toLowerCase() === low))
    return refuse('Your password cannot be easy to guess. Please choose a different one.')
  const question = user.passwordQuestion?.toLowerCase()
  if (policy.passwordQuestionRestriction === 'DoesNotContainPassword' && question?.includes(low) === true)
    return refuse('Your password cannot be contained in your security question.')
  if (policy.passwordHistory > 0) {
    const remembered = [user.password, ...formerSecrets(org, user.id, 'password')].slice(0, policy.passwordHistory)
    if (remembered.includes(text)) return refuse('invalid repeated password')
  }
  return undefined
}

/** A password as the platform makes one: it satisfies every rule there is. */
export const generatedPassword = (org: Org, user: SimUser): string => {
  const length = Math.max(12, passwordPolicyOf(org, user).passwordMinimumLength)
  return `${org.ids.hex('password', length - 4)}aZ7!`
}
