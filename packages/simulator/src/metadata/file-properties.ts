/** FileProperties: what listMetadata and a retrieve say of a component besides what is in it. */
import type { Org } from '../state/org.ts'
import type { ComponentType, Context } from './component-type.ts'
import { pathOf } from './component-file.ts'
import { ensureRow } from './store.ts'

export interface FileProperties {
  readonly createdById: string
  readonly createdByName: string
  readonly createdDate: string
  readonly fileName: string
  readonly fullName: string
  readonly id: string
  readonly lastModifiedById: string
  readonly lastModifiedByName: string
  readonly lastModifiedDate: string
  readonly manageableState: string
  readonly namespacePrefix?: string
  readonly type: string
}

export const userName = (org: Org, id: string | null): string =>
  String(org.sql('SELECT Name FROM User WHERE Id = ?').get(id)?.['Name'] ?? '')

export const isoTime = (epochMs: number): string => new Date(epochMs).toISOString()

export function propertiesOf(context: Context, type: ComponentType, fullName: string, folder = ''): FileProperties {
  const { org } = context
  const row = ensureRow(context, type, fullName)
  const namespacePrefix = type.namespaceOf(context, fullName)
  return {
    createdById: row.createdById ?? '',
    createdByName: userName(org, row.createdById),
    createdDate: isoTime(row.createdAt),
    fileName: `${folder}${pathOf(type, fullName)}`,
    fullName,
    id: row.id,
    lastModifiedById: row.modifiedById ?? '',
    lastModifiedByName: userName(org, row.modifiedById),
    lastModifiedDate: isoTime(row.modifiedAt),
    manageableState: namespacePrefix === null ? 'unmanaged' : 'installed',
    ...(namespacePrefix === null ? {} : { namespacePrefix }),
    type: type.name,
  }
}
