/** What is made stricter on the way, each difference by its name. Nothing that would take an app away from its users. */
import { isOn, textOf } from '../../org/metadata-component.ts'
import type { MetadataValue } from '../../org/metadata-component.ts'
import { appParts } from '../provision/app-files.ts'
import type { Hardening, MigratedPart, MigratedParts, Migration } from './migration.ts'

interface Step {
  readonly part: MigratedPart
  readonly element: string
  readonly is: MetadataValue
  readonly text: string
  /** It is so already, or this is not to be touched. */
  readonly fine?: (parts: MigratedParts) => boolean
}

const on = (part: MigratedPart, element: string, text: string): Step => ({ part, element, is: true, text })
const off = (part: MigratedPart, element: string, text: string): Step => ({ part, element, is: false, text })

const idleLimit = 30
const days: Readonly<Record<string, number>> = { Hours: 1 / 24, Days: 1, Months: 30 }

/** Unused tokens end within the limit. A fixed end stays: whoever uses a token every day would be better off without it. */
const endsSoon = ({ policies }: MigratedParts): boolean => {
  const type = textOf(policies['refreshTokenPolicyType'])
  const unit = days[textOf(policies['refreshTokenValidityUnit']) ?? ''] ?? 1
  if (type === 'SpecificInactivity') return Number(policies['refreshTokenValidityPeriod']) * unit <= idleLimit
  return type === 'Zero' || type === 'SpecificLifetime'
}

const steps: readonly Step[] = [
  on('global', 'isPkceRequired', 'every client has to send a code challenge (S256)'),
  on('global', 'isRefreshTokenRotationEnabled', 'every client has to keep the refresh token of each answer'),
  on('global', 'isSecretRequiredForRefreshToken', 'clients send the secret with every refresh'),
  off('global', 'isConsumerSecretOptional', 'clients send the secret when they trade a code'),
  off('global', 'isDeviceFlowEnabled', 'the device flow is off'),
  off('global', 'isIntrospectAllTokens', 'it may not look at the tokens of other apps'),
  {
    part: 'policies',
    element: 'refreshTokenPolicyType',
    is: 'SpecificInactivity',
    text: `refresh tokens that are not used for ${idleLimit} days end`,
    fine: endsSoon,
  },
  {
    part: 'policies',
    element: 'ipRelaxationPolicyType',
    is: 'Enforce',
    text: 'login IP ranges of profiles hold for the app, too',
  },
  {
    part: 'policies',
    element: 'permittedUsersPolicyType',
    is: 'AdminApprovedPreAuthorized',
    text: 'only users with the permission sets and profiles that the old app names',
    // With nobody named, nobody could use the app.
    fine: ({ policies }) =>
      (textOf(policies['commaSeparatedPermissionSet']) ?? textOf(policies['commaSeparatedProfile'])) === null,
  },
]

const same = (was: MetadataValue, is: MetadataValue): boolean =>
  typeof is === 'boolean' ? isOn(was) === is : String(was) === String(is)

export const hardened = (migration: Migration, surface: { readonly refreshTokenTtl: boolean }): Migration => {
  const parts: Record<MigratedPart, Record<string, MetadataValue>> = {
    app: { ...migration.parts.app },
    oauth: { ...migration.parts.oauth },
    global: { ...migration.parts.global },
    policies: { ...migration.parts.policies },
    switches: { ...migration.parts.switches },
  }
  const found: Hardening[] = []
  const asked = surface.refreshTokenTtl
    ? [...steps, on('global', 'isEnforceRefreshTokenTTL', 'the platform ends idle refresh tokens after 30 days')]
    : steps
  for (const { part, element, is, text, fine } of asked) {
    const was = parts[part][element]
    if (same(was, is) || fine?.(migration.parts) === true) continue
    parts[part][element] = is
    found.push({
      element: `${appParts[part]}.${element}`,
      was: was === undefined ? 'not set' : String(was),
      is: String(is),
      text,
    })
    if (element === 'refreshTokenPolicyType') {
      parts[part]['refreshTokenValidityPeriod'] = idleLimit
      parts[part]['refreshTokenValidityUnit'] = 'Days'
    }
  }
  return { ...migration, parts, hardening: found }
}
