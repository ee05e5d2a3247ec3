/** One dependency against what is known of its package. */
import { clientLibraries } from './client-libraries.ts'
import type { ClientLibrary, Fate } from './client-libraries.ts'
import type { Dependency } from './manifests/manifest.ts'
import { isBefore, rangeIsBefore } from './versions.ts'

/** Python's names are equal in either spelling (PEP 503). */
export const packageKey = ({ ecosystem, name }: Pick<Dependency, 'ecosystem' | 'name'>): string =>
  `${ecosystem}:${ecosystem === 'python' ? name.toLowerCase().replace(/[-_.]+/g, '-') : name.toLowerCase()}`

const known: ReadonlyMap<string, ClientLibrary> = new Map(clientLibraries.map((one) => [packageKey(one), one]))

export const libraryOf = (dependency: Pick<Dependency, 'ecosystem' | 'name'>): ClientLibrary | null =>
  known.get(packageKey(dependency)) ?? null

export const fateOf = (
  { fate, since, name }: ClientLibrary,
  { version, range }: Pick<Dependency, 'version' | 'range'>,
): Fate => {
  if (since === undefined) return fate
  const before =
    version !== null ? isBefore(version, since.version) : range !== null ? rangeIsBefore(range, since.version) : null
  if (before !== null) return before ? since.before : fate
  return {
    effect: 'depends',
    basis: since.before.basis,
    why: `Which version runs can’t be told from here. Before ${since.version}: ${since.before.why}`,
    next: `Commit a lock file, or look at what is installed: ${name} must be ${since.version} or later.`,
  }
}
