/** Whether the new app is the old one, by the facts an audit collects of both: what migration promised, read back. */
import type { Fact } from '../fact.ts'
import type { AppFact } from '../facts.ts'
import type { Migration } from './migration.ts'

/** What both kinds show, and what each hangs on in the new app’s files. */
const fields = {
  scopes: 'commaSeparatedOauthScopes',
  callbacks: 'callbackUrl',
  blocked: 'isEnabled',
  permittedUsers: 'permittedUsersPolicyType',
  permittedProfiles: 'commaSeparatedProfile',
  permittedPermissionSets: 'commaSeparatedPermissionSet',
  ipRelaxation: 'ipRelaxationPolicyType',
  trustedIpRanges: 'trustedIpRanges',
  refreshTokenPolicy: 'refreshTokenPolicyType',
  rotation: 'isRefreshTokenRotationEnabled',
  pkceRequired: 'isPkceRequired',
  secretRequiredForWebServer: 'isConsumerSecretOptional',
  secretRequiredForRefresh: 'isSecretRequiredForRefreshToken',
  secretRequiredForTokenExchange: 'isSecretRequiredForTokenExchange',
  idleTtl: 'isEnforceRefreshTokenTTL',
  flows: 'isDeviceFlowEnabled',
  runsAs: 'clientCredentialsFlowUser',
  idToken: 'idTokenConfig',
  accessTokenFormat: 'isNamedUserJwtEnabled',
  sessionTimeoutMinutes: 'sessionTimeoutInMinutes',
  introspectsAllTokens: 'isIntrospectAllTokens',
  certificate: 'certificate',
} as const satisfies Partial<Record<keyof AppFact, string>>

type MigratedField = keyof typeof fields
export const migratedFields = Object.keys(fields) as readonly MigratedField[]

export interface Difference {
  readonly field: MigratedField
  readonly was: string
  readonly is: string
}

const ordered = (value: unknown): unknown =>
  Array.isArray(value)
    ? (value as readonly unknown[]).map(ordered).toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
    : value

const shown = (fact: Fact<unknown>): string =>
  fact.is === 'known' ? JSON.stringify(ordered(fact.value)) : `unknown (${fact.text})`

/** What hardening touches besides the element it names. */
const alsoTouched: Readonly<Record<string, readonly MigratedField[]>> = {
  isEnforceRefreshTokenTTL: ['refreshTokenPolicy'],
}

/** Differences that nobody asked for. What the old app doesn't say can't be compared. */
export const differences = (
  before: Pick<AppFact, MigratedField>,
  after: Pick<AppFact, MigratedField>,
  { hardening }: Pick<Migration, 'hardening'>,
): readonly Difference[] => {
  const elements = hardening.map(({ element }) => element.slice(element.lastIndexOf('.') + 1))
  const meant = new Set([
    ...migratedFields.filter((field) => elements.includes(fields[field])),
    ...elements.flatMap((element) => alsoTouched[element] ?? []),
  ])
  return migratedFields.flatMap((field) => {
    const [was, is] = [before[field], after[field]]
    if (meant.has(field) || was.is === 'unknown' || shown(was) === shown(is)) return []
    return [{ field, was: shown(was), is: shown(is) }]
  })
}
