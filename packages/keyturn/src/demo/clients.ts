/**
 * The clients of the demo: other people's packages, unmodified, taken from beside Keyturn or from the working folder.
 * They are no dependency of Keyturn, so a published installation may lack them.
 */
import { readFileSync } from 'node:fs'
import { createRequire, findPackageJSON } from 'node:module'
import { join } from 'node:path'
import { KeyturnError } from '@keyturn/tokens'

const clientNames = ['jsforce', '@jsforce/jsforce-node', '@salesforce/core'] as const
export type ClientName = (typeof clientNames)[number]

export interface ClientPackage {
  readonly name: ClientName
  readonly version: string
}

const places = (): readonly string[] => [import.meta.url, join(process.cwd(), 'package.json')]

/** Loads a client as a CommonJS program does. */
export const loadClient = (name: ClientName): unknown => {
  for (const place of places()) {
    const load = createRequire(place)
    try {
      load.resolve(name)
    } catch {
      continue
    }
    return load(name)
  }
  throw missing([name])
}

const versionOf = (name: ClientName): string | null => {
  for (const place of places()) {
    try {
      const file = findPackageJSON(name, place)
      if (file !== undefined) return (JSON.parse(readFileSync(file, 'utf8')) as { readonly version: string }).version
    } catch {
      continue
    }
  }
  return null
}

const missing = (names: readonly string[]): KeyturnError =>
  new KeyturnError('DRIVER_MISSING', `The demo drives real clients, and ${names.join(', ')} cannot be found`, {
    fix: `npm install --no-save ${names.join(' ')}, then repeat in the same folder`,
  })

/** The clients with the versions that are installed; throws DRIVER_MISSING with all that lack. */
export const installedClients = (): readonly ClientPackage[] => {
  const found = clientNames.map((name) => ({ name, version: versionOf(name) }))
  const lacking = found.filter(({ version }) => version === null)
  if (lacking.length > 0) throw missing(lacking.map(({ name }) => name))
  return found.flatMap(({ name, version }) => (version === null ? [] : [{ name, version }]))
}
