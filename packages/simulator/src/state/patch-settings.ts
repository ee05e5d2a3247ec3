/** Changing switches by name, in mid-life: what isn't a switch, or isn't a value of it, is an error. */
import type { PasswordPolicy } from './settings.ts'

const choices: Readonly<Record<string, readonly string[]>> = {
  reuse: ['documented', 'lenient'],
  cascade: ['family', 'user-app'],
  lockScope: ['token', 'app', 'none'],
  ipRelaxation: ['ENFORCE', 'BYPASS', 'BYPASS_2FACTOR', 'ENFORCE_RELAXREFRESH'],
  newAuthorization: ['keeps', 'kills'],
  revokeGrant: ['spares', 'kills'],
  sessionPerGrant: ['same-live', 'new'],
  oauthTokenRow: ['kept', 'replaced'],
  accessTokenFormat: ['opaque', 'jwt'],
  uncurable: ['no', 'always401', 'not-valid-for-rest', 'not-attached-to-agent', 'scope', 'bad-oauth-token'],
  permittedUsers: ['self', 'admin'],
  loginHistoryFilters: ['per-field', 'usage-list'],
  mfaBypassPermission: ['absent', 'present'],
  oauthTokenIds: ['null', 'some', 'all'],
  oauthTokenApps: ['all', 'connected-only'],
  oauthUsageLists: ['external', 'all'],
  loginHostRevokes: ['production-only', 'any-org'],
  refreshLogins: ['recorded', 'absent'],
  lockedControls: ['no', 'refused', 'reverts'],
  apiAccessControl: ['not-provisioned', 'off', 'on'],
  consumerKeyOnUpdate: ['refused', 'same-accepted'],
  absentAppElements: ['unchanged', 'reset'],
  globalOauthSettings: ['secret-omitted', 'closed'],
  newOauthElements: ['present', 'absent'],
  standardProfileEdits: ['reverts', 'applied'],
  deployException: ['no', 'nothing-done', 'all-done'],
  passwordComplexity: [
    'NoRestriction',
    'AlphaNumeric',
    'SpecialCharacters',
    'UpperLowerCaseNumeric',
    'UpperLowerCaseNumericSpecialCharacters',
    'Any3UpperLowerCaseNumericSpecialCharacters',
  ],
  passwordQuestionRestriction: ['DoesNotContainPassword', 'None'],
  passwordRefusalStatus: ['400', '500'],
  passwordChangeEndsSessions: ['none', 'others', 'all'],
  passwordResetEnds: ['ui', 'all'],
  tokenFromTrusted: ['accepted', 'refused'],
  propagation: ['mixed', 'late'],
  stagedUsable: ['after-rotate', 'at-once'],
  stagedSlots: ['one', 'one-active'],
  rotatedShows: ['former', 'promoted'],
  stagedUrls: ['documented', 'swapped'],
  grantsOfOldKey: ['survive', 'die-at-rotate', 'die-at-removal'],
  approvalsOfOldKey: ['survive', 'die-at-rotate', 'die-at-removal'],
}

function checkMail(mail: Readonly<Record<string, unknown>>): void {
  if (typeof mail['host'] !== 'string' || typeof mail['port'] !== 'number')
    throw new Error('Setting "mail" is null or an object with host, port and maybe from, sender, dkim')
}

const policyNames: readonly string[] = [
  'passwordMinimumLength',
  'passwordComplexity',
  'passwordHistory',
  'passwordExpiryDays',
  'passwordMinimumLifetime',
  'passwordQuestionRestriction',
  'lockoutAttempts',
  'lockoutMs',
] satisfies readonly (keyof PasswordPolicy)[]

function checkPolicies(current: object, policies: Readonly<Record<string, Readonly<Record<string, unknown>>>>): void {
  for (const [profile, policy] of Object.entries(policies)) {
    const wrong = Object.keys(policy).find((name) => !policyNames.includes(name))
    if (wrong !== undefined)
      throw new Error(`A password policy (of ${profile}) has no "${wrong}"; known are: ${policyNames.join(', ')}`)
    patchSettings(current, policy)
  }
}

/** Lays a patch over settings; a name that isn't a setting is refused, so that a misspelt switch can't pass a test. */
export function patchSettings<S extends object>(current: S, patch: Readonly<Record<string, unknown>>): S {
  const known = current as Readonly<Record<string, unknown>>
  for (const [name, value] of Object.entries(patch)) {
    if (!(name in known)) throw new Error(`There is no setting "${name}"; known are: ${Object.keys(known).join(', ')}`)
    const was = known[name]
    if (was !== null && value !== null && typeof was !== typeof value) {
      throw new Error(`Setting "${name}" wants a ${typeof was}, got a ${typeof value}`)
    }
    if (name === 'mail' && value !== null) checkMail(value as Readonly<Record<string, unknown>>)
    if (name === 'profilePasswordPolicies') checkPolicies(current, value as Parameters<typeof checkPolicies>[1])
    const allowed = choices[name]
    if (allowed !== undefined && !allowed.includes(String(value))) {
      throw new Error(`Setting "${name}" is one of ${allowed.join(', ')}; got "${String(value)}"`)
    }
  }
  return { ...current, ...patch }
}
