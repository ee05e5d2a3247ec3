/** Manifests and lock files that are read line by line, or tag by tag: never by an expression that can go back. */
import type { Dependency, ManifestKind } from './manifest.ts'

type Reader = (lines: readonly string[]) => readonly Dependency[]

/** One row for each line that the expression fits; the groups are name and version (or range). */
const byLine =
  (ecosystem: Dependency['ecosystem'], locks: boolean, form: RegExp): Reader =>
  (lines) =>
    lines.flatMap((text, index) => {
      // No line that names a dependency is long; the bound keeps expressions cheap.
      const [, name, version] = form.exec(text.slice(0, 500)) ?? []
      if (name === undefined) return []
      const given = version === undefined || version === '' ? null : version
      return [{ ecosystem, name, version: locks ? given : null, range: locks ? null : given, line: index + 1 }]
    })

/** `"@salesforce/core@npm:^8.0.0, …":` or `jsforce@^3.1.0:`, and `version` in the block below. */
const yarnLock: Reader = (lines) => {
  const found: Dependency[] = []
  let open: { readonly name: string; readonly line: number } | null = null
  lines.forEach((text, index) => {
    const head = /^"?(@?[^@\s"]+)@/.exec(text.slice(0, 500))
    if (head !== null) open = { name: head[1] ?? '', line: index + 1 }
    const version = /^ {2}version:? "?([^"\s]+)"?/.exec(text.slice(0, 500))?.[1]
    if (version !== undefined && open !== null) {
      found.push({ ecosystem: 'npm', name: open.name, version, range: null, line: open.line })
      open = null
    }
  })
  return found
}

/** `[[package]]`, then `name = "…"` and `version = "…"`. */
const tomlLock: Reader = (lines) => {
  const found: Dependency[] = []
  let name: { readonly text: string; readonly line: number } | null = null
  lines.forEach((text, index) => {
    if (text.startsWith('[[')) name = null
    const given = /^name\s*=\s*"([^"]+)"/.exec(text.slice(0, 500))?.[1]
    if (given !== undefined) name = { text: given, line: index + 1 }
    const version = /^version\s*=\s*"([^"]+)"/.exec(text.slice(0, 500))?.[1]
    if (version !== undefined && name !== null) {
      found.push({ ecosystem: 'python', name: name.text, version, range: null, line: name.line })
      name = null
    }
  })
  return found
}

/** Whatever quoting a table or a list of pyproject.toml or Pipfile uses. */
const pyproject: Reader = (lines) =>
  lines.flatMap((text, index) => {
    const line = text.slice(0, 500)
    const inTable = /^\s*"?([A-Za-z][\w.-]*)"?\s*=\s*(?:\{[^}]*?version\s*=\s*)?"([^"]*)"/.exec(line)
    const inList = [...line.matchAll(/"([A-Za-z][\w.-]*)(?:\[[^\]"]*\])?\s*([=<>!~^][^";]*)?[";]/g)]
    const rows = inTable !== null ? [inTable] : inList
    return rows.map(([, name = '', range]) => ({
      ecosystem: 'python' as const,
      name,
      version: null,
      range: range === undefined ? null : range.trim(),
      line: index + 1,
    }))
  })

/** Coordinates as strings: `implementation 'group:artifact:1.2'`, lock lines `group:artifact:1.2=…`. */
const gradle: Reader = (lines) =>
  lines.flatMap((text, index) => {
    const line = text.slice(0, 500)
    return [...line.matchAll(/([A-Za-z][\w.-]+):([A-Za-z][\w.-]+)(?::([\w.+-]+))?/g)].map(
      ([, group = '', artifact = '', version]) => ({
        ecosystem: 'maven' as const,
        name: `${group}:${artifact}`,
        version: version !== undefined && /^\d/.test(version) ? version : null,
        range: null,
        line: index + 1,
      }),
    )
  })

/** The elements of a `<dependency>`; a version that is a property is looked up in the same file. */
const pom: Reader = (lines) => {
  const found: Dependency[] = []
  const properties = new Map<string, string>()
  for (const text of lines) {
    const [, name, value] = /<([\w.-]+)>([^<]*)<\//.exec(text.slice(0, 500)) ?? []
    if (name !== undefined && value !== undefined) properties.set(name, value.trim())
  }
  let open: { group?: string; artifact?: string; version?: string; line: number } | null = null
  lines.forEach((text, index) => {
    // Several elements may share a line.
    for (const [, tag = '', value = ''] of text.slice(0, 5_000).matchAll(/<(\/?[\w.-]+)>([^<]*)/g)) {
      if (tag === 'dependency') open = { line: index + 1 }
      else if (open !== null && tag === 'groupId') open.group = value.trim()
      else if (open !== null && tag === 'artifactId') open.artifact = value.trim()
      else if (open !== null && tag === 'version') open.version = value.trim()
      else if (open !== null && tag === '/dependency') {
        const { group, artifact, version, line } = open
        const property = /^\$\{(.+)\}$/.exec(version ?? '')?.[1]
        const given = property === undefined ? version : properties.get(property)
        if (group !== undefined && artifact !== undefined)
          found.push({
            ecosystem: 'maven',
            name: `${group}:${artifact}`,
            version: given !== undefined && /^\d/.test(given) ? given : null,
            range: null,
            line,
          })
        open = null
      }
    }
  })
  return found
}

/** `/@scope/name@1.2.3:`, `'@scope/name@1.2.3(peer@4)':` (5 and later) or `/@scope/name/1.2.3:` (before). */
const pnpm: Reader = byLine('npm', true, /^ {2}'?\/?((?:@[^@/\s']+\/)?[^@/\s']+)[@/](\d[^\s:'(_]*)/)

const readers: Readonly<Partial<Record<ManifestKind['format'], Reader>>> = {
  'yarn-lock': yarnLock,
  'pnpm-lock': pnpm,
  requirements: byLine(
    'python',
    false,
    /^\s*([A-Za-z][\w.-]*)(?:\[[^\]]*\])?\s*([=<>!~][^;#\s]*(?:\s*,\s*[=<>!~][^;#\s,]*)*)?/,
  ),
  pyproject,
  'toml-lock': tomlLock,
  gemfile: byLine('ruby', false, /^\s*gem\s*\(?\s*["']([\w.-]+)["'](?:\s*,\s*["']([^"']*)["'])?/),
  'gemfile-lock': byLine('ruby', true, /^ {4}([\w.-]+) \((\d[^)]*)\)/),
  pom,
  gradle,
  'go-mod': byLine('go', true, /^\s*(?:require\s+)?([\w-]+\.[\w.-]+\/\S+)\s+v(\S+)/),
  csproj: byLine(
    'nuget',
    true,
    /<(?:PackageReference|PackageVersion|package)\s[^>]*?(?:Include|id)="([^"]+)"(?:[^>]*?[Vv]ersion="([^"]+)")?/,
  ),
}

export const textManifest = (format: ManifestKind['format'], text: string): readonly Dependency[] =>
  readers[format]?.(text.split(/\r?\n/)) ?? []
