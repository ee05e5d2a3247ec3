/** Manifests and lock files in JSON. What is no JSON, or has another form, is told by throwing. */
import type { Dependency, ManifestKind } from './manifest.ts'

type Json = Readonly<Record<string, unknown>>

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)
const objectOf = (value: unknown): Json => (isObject(value) ? value : {})
const textOrNull = (value: unknown): string | null => (typeof value === 'string' ? value : null)

/** JSON.parse tells no lines: the first line that holds the key is as good as one. */
const linesOf = (text: string): ((key: string) => number | null) => {
  const starts: number[] = [0]
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return (key) => {
    const at = text.indexOf(`${JSON.stringify(key)}:`)
    const found = at === -1 ? text.indexOf(JSON.stringify(key)) : at
    if (found === -1) return null
    let low = 0
    let high = starts.length
    while (high - low > 1) {
      const middle = (low + high) >> 1
      if ((starts[middle] ?? 0) <= found) low = middle
      else high = middle
    }
    return low + 1
  }
}

const parsed = (text: string): Json => {
  // Some write a byte order mark.
  const value: unknown = JSON.parse(text.replace(/^\ufeff/, ''))
  if (!isObject(value)) throw new Error('it is no object')
  return value
}

/** Of `node_modules/a/node_modules/@b/c` the last name; of the root or a workspace none. */
const nameOfPath = (path: string): string | null => {
  const at = path.lastIndexOf('node_modules/')
  return at === -1 ? null : path.slice(at + 'node_modules/'.length)
}

const packageLock = (lock: Json, line: (key: string) => number | null): readonly Dependency[] => {
  const found: Dependency[] = []
  const add = (name: string, key: string, about: unknown): void => {
    const version = textOrNull(objectOf(about)['version'])
    if (version !== null) found.push({ ecosystem: 'npm', name, version, range: null, line: line(key) })
  }
  if (isObject(lock['packages'])) {
    for (const [path, about] of Object.entries(lock['packages'])) {
      const name = textOrNull(objectOf(about)['name']) ?? nameOfPath(path)
      if (name !== null && nameOfPath(path) !== null && !objectOf(about)['link']) add(name, path, about)
    }
    return found
  }
  // Version 1: dependencies within dependencies. A stack of our own: a hostile one may be deep.
  const waiting = [objectOf(lock['dependencies'])]
  for (let some = waiting.pop(); some !== undefined; some = waiting.pop())
    for (const [name, about] of Object.entries(some)) {
      add(name, name, about)
      const inside = objectOf(about)['dependencies']
      if (isObject(inside)) waiting.push(inside)
    }
  return found
}

const ranges = (
  ecosystem: Dependency['ecosystem'],
  groups: readonly unknown[],
  line: (key: string) => number | null,
): readonly Dependency[] =>
  groups.flatMap((group) =>
    Object.entries(objectOf(group)).map(([name, range]) => ({
      ecosystem,
      name,
      version: null,
      range: textOrNull(range),
      line: line(name),
    })),
  )

const composerLock = (lock: Json, line: (key: string) => number | null): readonly Dependency[] =>
  [lock['packages'], lock['packages-dev']].flatMap((list) =>
    (Array.isArray(list) ? list : []).flatMap((one: unknown) => {
      const [name, version] = [textOrNull(objectOf(one)['name']), textOrNull(objectOf(one)['version'])]
      return name === null
        ? []
        : [
            {
              ecosystem: 'composer' as const,
              name,
              version: version?.replace(/^v/, '') ?? null,
              range: null,
              line: line(name),
            },
          ]
    }),
  )

const pipfileLock = (lock: Json, line: (key: string) => number | null): readonly Dependency[] =>
  [lock['default'], lock['develop']].flatMap((group) =>
    Object.entries(objectOf(group)).map(([name, about]) => ({
      ecosystem: 'python' as const,
      name,
      version: textOrNull(objectOf(about)['version'])?.replace(/^=+/, '') ?? null,
      range: null,
      line: line(name),
    })),
  )

export const jsonManifest = (format: ManifestKind['format'], text: string): readonly Dependency[] => {
  const value = parsed(text)
  const line = linesOf(text)
  switch (format) {
    case 'package-lock':
      return packageLock(value, line)
    case 'composer-lock':
      return composerLock(value, line)
    case 'pipfile-lock':
      return pipfileLock(value, line)
    case 'composer-json':
      return ranges('composer', [value['require'], value['require-dev']], line)
    default:
      return ranges(
        'npm',
        [value['dependencies'], value['devDependencies'], value['optionalDependencies'], value['peerDependencies']],
        line,
      )
  }
}
