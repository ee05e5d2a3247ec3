/** The `Metadata` field of the Tooling API: the component behind a record, with null for each element it doesn't have. */
import type { VirtualAsk } from '../route.ts'
import type { Org } from '../state/org.ts'
import type { ComponentType } from '../metadata/component-type.ts'
import { contextOf } from '../metadata/context.ts'
import type { JsonObject } from '../metadata/elements.ts'
import { permissionSet } from '../metadata/types/access/permission-set.ts'
import { metadataProfileName } from '../metadata/types/access/profile-names.ts'
import { profile } from '../metadata/types/access/profile.ts'
import { settings } from '../metadata/types/settings/settings.ts'

function bodyOf(org: Org, ask: VirtualAsk, type: ComponentType, fullName: string): unknown {
  const context = contextOf(org, { orgs: [org], userId: ask.userId, version: ask.version })
  const body: JsonObject | undefined = type.read(context, fullName)
  if (body === undefined) return null
  const elements = Object.entries(type.elementsOf(fullName) ?? {})
  const empty = elements.map(([name, element]) => [name, element.many && !name.startsWith('login') ? [] : null])
  return { ...Object.fromEntries(empty), ...body }
}

const nameOf = (org: Org, table: 'Profile' | 'PermissionSet', id: string): string | undefined => {
  const row = org.sql(`SELECT Name FROM ${table} WHERE Id = ?`).get(id)
  return typeof row?.['Name'] === 'string' ? row['Name'] : undefined
}

export function metadataOf(org: Org, sobject: string, id: string, ask: VirtualAsk): unknown {
  if (sobject === 'SecuritySettings') return bodyOf(org, ask, settings, 'Security')
  if (sobject !== 'Profile' && sobject !== 'PermissionSet') return null
  const name = nameOf(org, sobject, id)
  if (name === undefined || org.settings().profilesWithoutMetadata.includes(name)) return null
  return sobject === 'Profile'
    ? bodyOf(org, ask, profile, metadataProfileName(name))
    : bodyOf(org, ask, permissionSet, name)
}
