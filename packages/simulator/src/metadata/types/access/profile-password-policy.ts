/** ProfilePasswordPolicy: password rules of one profile, which then goes by them instead of the org's. */
import type { OrgSettings, PasswordPolicy } from '../../../state/settings.ts'
import type { Context } from '../../component-type.ts'
import { componentType } from '../../component-type.ts'
import type { JsonObject } from '../../elements.ts'
import { ComponentProblem, all, flag, integer, required, text, textAt } from '../../elements.ts'
import { forgetRow, keep, storedOnly } from '../../store.ts'
import { profileNamed } from './profile-names.ts'

const type = 'ProfilePasswordPolicy'
const minute = 60_000

/** By their codes, 0 to 5. */
const complexities: readonly PasswordPolicy['passwordComplexity'][] = [
  'NoRestriction',
  'AlphaNumeric',
  'SpecialCharacters',
  'UpperLowerCaseNumeric',
  'UpperLowerCaseNumericSpecialCharacters',
  'Any3UpperLowerCaseNumericSpecialCharacters',
]

const number = (body: JsonObject, name: string): number => Number(body[name] ?? 0)

/** 0 stands for no end and no limit. */
const limit = (value: number): number | null => (value === 0 ? null : value)

function policyOf(body: JsonObject): PasswordPolicy {
  const passwordComplexity = complexities[number(body, 'passwordComplexity')]
  if (passwordComplexity === undefined) throw new ComponentProblem('Invalid value for passwordComplexity')
  const lockout = limit(number(body, 'lockoutInterval'))
  return {
    passwordComplexity,
    passwordMinimumLength: number(body, 'minimumPasswordLength'),
    passwordHistory: number(body, 'passwordHistory'),
    passwordExpiryDays: limit(number(body, 'passwordExpiration')),
    passwordMinimumLifetime: body['minimumPasswordLifetime'] === true,
    passwordQuestionRestriction: number(body, 'passwordQuestion') === 1 ? 'DoesNotContainPassword' : 'None',
    lockoutAttempts: limit(number(body, 'maxLoginAttempts')),
    lockoutMs: lockout === null ? null : lockout * minute,
  }
}

function setPolicy({ org }: Context, profile: string, policy: PasswordPolicy | null): void {
  const { [profile]: _was, ...others } = org.settings().profilePasswordPolicies
  const next: OrgSettings['profilePasswordPolicies'] = policy === null ? others : { ...others, [profile]: policy }
  org.changeSettings({ profilePasswordPolicies: next })
}

const profileOf = (context: Context, body: JsonObject | undefined): string | undefined =>
  profileNamed(context.org, textAt(body, 'profile') ?? '')?.name

export const profilePasswordPolicy = componentType({
  name: type,
  directory: 'profilePasswordPolicies',
  suffix: 'profilePasswordPolicy',
  since: 40,
  idPrefix: '0Yg',
  needs: ['ManageProfilesPermissionsets', 'ManagePasswordPolicies'],
  elements: {
    ...all(required(integer), 'lockoutInterval', 'maxLoginAttempts', 'minimumPasswordLength', 'passwordComplexity'),
    ...all(required(integer), 'passwordExpiration', 'passwordHistory', 'passwordQuestion'),
    ...all(flag, 'forgotPasswordRedirect', 'isDisabled', 'minimumPasswordLifetime', 'obscure'),
    profile: required(text),
  },
  ...storedOnly(type),
  apply: (context, fullName, body) => {
    const name = profileOf(context, body)
    if (name === undefined)
      throw new ComponentProblem(`In field: profile - no Profile named ${textAt(body, 'profile')} found`, {
        statusCode: 'INVALID_CROSS_REFERENCE_KEY',
      })
    setPolicy(context, name, body['isDisabled'] === true ? null : policyOf(body))
    context.audit([
      {
        action: 'passwordcomplexityForProfile',
        section: 'Password Policies',
        display: `Changed the password policies of profile ${name}`,
      },
    ])
    keep(context, profilePasswordPolicy, fullName, body)
  },
  remove: (context, fullName) => {
    const name = profileOf(context, storedOnly(type).read(context, fullName))
    if (name !== undefined) setPolicy(context, name, null)
    forgetRow(context.org, type, fullName)
  },
})
