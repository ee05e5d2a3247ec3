/**
 * What the org demands of a user’s password: the policy of its profile where there is one, else the org’s. Metadata API
 * types ProfilePasswordPolicy and SecuritySettings.
 */
import type { OrgConnection } from './connection.ts'
import { ifAllowed, metadataProfileName } from './metadata-allowed.ts'
import { componentNames, elementsOf, isOn, readComponent, readComponents } from './metadata-component.ts'

interface PasswordPolicy {
  readonly of: 'profile' | 'org'
  readonly minimumLength: number
  /** At least a day between two changes. */
  readonly minimumLifetime: boolean
  /** Wrong passwords until the user is locked out; null: no limit. */
  readonly lockoutAttempts: number | null
  /** “Allow use of setPassword() API for self-resets”; null: the org doesn’t say. */
  readonly selfByApi: boolean | null
}

const attempts: Readonly<Record<string, number | null>> = {
  ThreeAttempts: 3,
  FiveAttempts: 5,
  TenAttempts: 10,
  NoLimit: null,
}

const profilePolicy = async (
  org: OrgConnection,
  profile: string,
): Promise<Omit<PasswordPolicy, 'selfByApi'> | null> => {
  const type = 'ProfilePasswordPolicy'
  const names = [profile, metadataProfileName(profile)].map((name) => name.toLowerCase())
  const policies = await readComponents(org, type, await componentNames(org, type))
  for (const found of policies.values()) {
    if (!names.includes(String(found['profile']).toLowerCase()) || isOn(found['isDisabled'])) continue
    const limit = Number(found['maxLoginAttempts'] ?? 0)
    return {
      of: 'profile',
      minimumLength: Number(found['minimumPasswordLength'] ?? 8),
      minimumLifetime: isOn(found['minimumPasswordLifetime']),
      lockoutAttempts: limit === 0 ? null : limit,
    }
  }
  return null
}

/** Null: not to be read by this user, which is not “no policy”. */
export const readPasswordPolicy = async (org: OrgConnection, profile: string): Promise<PasswordPolicy | null> => {
  const settings = await ifAllowed(() => readComponent(org, { type: 'SecuritySettings', fullName: 'Security' }))
  const found = elementsOf(settings?.['passwordPolicies'])
  const selfByApi = found['enableSetPasswordInApi'] === undefined ? null : isOn(found['enableSetPasswordInApi'])
  const own = await ifAllowed(() => profilePolicy(org, profile))
  if (own !== null) return { ...own, selfByApi }
  if (found['minimumPasswordLength'] === undefined) return null
  const limit = String(found['maxLoginAttempts'])
  return {
    of: 'org',
    minimumLength: Number(found['minimumPasswordLength']),
    minimumLifetime: isOn(found['minimumPasswordLifetime']),
    lockoutAttempts: limit in attempts ? (attempts[limit] ?? null) : 10,
    selfByApi,
  }
}
