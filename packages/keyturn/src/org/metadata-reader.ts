/** Reading components of the Metadata API one at a time, as plain rows. Needs “Modify Metadata Through Metadata API Functions”. */
import { KeyturnError } from '@keyturn/tokens'
import { row } from './connection.ts'
import type { OrgConnection, Row } from './connection.ts'
import { jsforceCall } from './jsforce-call.ts'

export interface MetadataReader {
  /** Without elements where there is no such component. */
  read(type: string, fullName: string): Promise<Row>
  names(type: string): Promise<readonly string[]>
}

const listOf = (found: unknown): readonly unknown[] =>
  Array.isArray(found) ? found : found === null || found === undefined ? [] : [found]

const metadataOf = async (org: OrgConnection): Promise<MetadataReader> => {
  const { metadata } = await org.jsforce()
  return {
    async read(type, fullName) {
      const found: unknown = await jsforceCall(`Reading ${type}`, () => metadata.read(type as never, fullName))
      return row(listOf(found)[0] as never)
    },
    async names(type) {
      const found: unknown = await jsforceCall(`Listing ${type}`, () => metadata.list({ type }))
      return listOf(found).flatMap((one) => {
        const { fullName } = row(one as never)
        return typeof fullName === 'string' ? [fullName] : []
      })
    },
  }
}

/** Null: this user may not read it, which says nothing about what is there. */
export const readMetadata = async <T>(
  org: OrgConnection,
  work: (metadata: MetadataReader) => Promise<T>,
): Promise<T | null> => {
  try {
    return await work(await metadataOf(org))
  } catch (error) {
    if (error instanceof KeyturnError && error.code === 'ORG_REFUSED') return null
    throw error
  }
}

export const isTrue = (value: unknown): boolean => value === true || value === 'true'

const inMetadata: Readonly<Record<string, string>> = { 'System Administrator': 'Admin', 'Standard User': 'Standard' }

/** Standard profiles have other names in metadata than everywhere else. */
export const metadataProfileName = (profile: string): string => inMetadata[profile] ?? profile
