/**
 * A profile of an integration's own: API only, no object at all, and the hours and addresses of its logins, which no
 * permission set can hold. The standard profile stays as it is: others use it.
 */
import { KeyturnError } from '@keyturn/tokens'
import type { MetadataBody } from '../../org/metadata-component.ts'
import { elementsOf, listOf } from '../../org/metadata-component.ts'
import type { ComponentEdit } from '../change/org-change.ts'
import type { IpRange } from '../facts.ts'

export const standardProfile = 'Minimum Access - API Only Integrations'
export const integrationLicense = 'Salesforce Integration'

const enabled = (name: string): MetadataBody => ({ enabled: true, name })

const rangeElement = (range: IpRange): MetadataBody => ({
  description: 'integration',
  endAddress: range.to,
  startAddress: range.from,
})

export const integrationProfile = (
  name: string,
  { hours, ranges }: { readonly hours: MetadataBody | null; readonly ranges: readonly IpRange[] },
): ComponentEdit => ({
  type: 'Profile',
  fullName: name,
  edit: (body) => {
    if (body !== null && body['userLicense'] !== integrationLicense)
      throw new KeyturnError(
        'ORG_REFUSED',
        `There is a profile ${name} already, and it is not of ${integrationLicense}`,
        {
          fix: 'Choose another name with --own-profile.',
        },
      )
    return {
      ...(body ?? { custom: true, userLicense: integrationLicense, description: 'Of one integration: API only' }),
      ...(body === null ? { userPermissions: [enabled('ApiEnabled'), enabled('ApiUserOnly')] } : {}),
      ...(hours === null ? {} : { loginHours: hours }),
      ...(ranges.length === 0 ? {} : { loginIpRanges: ranges.map(rangeElement) }),
    }
  },
})

/** What a profile for an integration must not have; empty: it is fit. */
export const unfit = (body: MetadataBody): readonly string[] => {
  const on = listOf(body['userPermissions'])
    .map(elementsOf)
    .filter((one) => String(one['enabled']) === 'true')
  const names = on.map((one) => String(one['name']))
  const broad = ['ModifyAllData', 'ViewAllData', 'AuthorApex', 'CustomizeApplication', 'ManageUsers', 'ModifyMetadata']
  return [
    ...(names.includes('ApiUserOnly') ? [] : ['it is not API only']),
    ...broad.filter((name) => names.includes(name)).map((name) => `it has ${name}`),
    ...listOf(body['objectPermissions'])
      .map(elementsOf)
      .filter((one) => String(one['allowRead']) === 'true')
      .map((one) => `it opens ${String(one['object'])} by itself`),
  ]
}
