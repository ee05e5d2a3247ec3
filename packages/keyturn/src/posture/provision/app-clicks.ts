/** What no API of this org sets or shows, as clicks for a person. */
import type { AppDescription } from './app-description.ts'
import { refreshes } from './app-files.ts'
import type { AppSurface } from './app-files.ts'
import { rangeText } from '../controls/addresses.ts'
import { parseRange } from './address-range.ts'

interface Asked {
  readonly name: string
  readonly description: AppDescription
  readonly surface: AppSurface
  /** A destination got it; else a person fetches it. */
  readonly secretDelivered: boolean
  /** Who uses it does not hold the permission set yet. */
  readonly toAssign: boolean
}

export const appClicks = ({ name, description, surface, secretDelivered, toAssign }: Asked): readonly string[] => {
  const { flow, permissionSet, runsAs, tokenAddresses = [] } = description
  const page = `Setup → External Client App Manager → ${name}`
  const ranges = tokenAddresses.map((text) => rangeText(parseRange(text))).join(', ')
  return [
    ...(refreshes(description) && !surface.refreshTokenTtl
      ? [`${page} → Settings → OAuth Settings: switch on that refresh tokens unused for 30 days end`]
      : []),
    ...(ranges !== '' && !surface.securitySettings
      ? [`${page} → Settings → OAuth Settings → Security: allow refresh tokens from ${ranges} only`]
      : []),
    ...(flow === 'jwt-bearer' || secretDelivered
      ? []
      : [
          `${page} → Settings → OAuth Settings → Consumer Key and Secret: put the secret where the integration reads it`,
        ]),
    ...(toAssign
      ? [`Give the permission set ${permissionSet} to ${runsAs ?? 'whoever uses the app'}: nobody else gets in`]
      : []),
    `A new app takes up to ten minutes until every server of Salesforce knows it`,
  ]
}
