/** Standard profiles have other names in metadata than in the user interface. */
import type { Org } from '../../../state/org.ts'

const standard: Readonly<Record<string, string>> = { Admin: 'System Administrator', Standard: 'Standard User' }

/** Profiles that come with the org; their permissions are Salesforce's. */
export const standardProfiles: ReadonlySet<string> = new Set([
  ...Object.values(standard),
  'Minimum Access - API Only Integrations',
])

export const metadataProfileName = (name: string): string =>
  Object.keys(standard).find((key) => standard[key] === name) ?? name

interface ProfileRow {
  readonly id: string
  readonly name: string
}

/** By its name in metadata, its name or its id. */
export function profileNamed(org: Org, name: string): ProfileRow | undefined {
  const row = org.sql('SELECT Id, Name FROM Profile WHERE Name = ? OR Id = ?').get(standard[name] ?? name, name)
  return row === undefined ? undefined : { id: String(row['Id']), name: String(row['Name']) }
}
