/** Metadata that this user may read, or not: which says nothing about what is there. Needs “Modify Metadata Through Metadata API Functions”. */
import { KeyturnError } from '@keyturn/tokens'

/** Null: this user may not read it. */
export const ifAllowed = async <T>(read: () => Promise<T>): Promise<T | null> => {
  try {
    return await read()
  } catch (error) {
    if (error instanceof KeyturnError && error.code === 'ORG_REFUSED') return null
    throw error
  }
}

const inMetadata: Readonly<Record<string, string>> = { 'System Administrator': 'Admin', 'Standard User': 'Standard' }

/** Standard profiles have other names in metadata than everywhere else. */
export const metadataProfileName = (profile: string): string => inMetadata[profile] ?? profile
