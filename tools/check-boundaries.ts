/**
 * Holds every import of the packages to the table in `boundaries.ts`, forbids import cycles (type-only imports count,
 * because they hide that two files are one) and packages that the workspace's own package.json does not name.
 *
 * Reads imports with oxc-parser: TypeScript 7 has no API in JavaScript, which the usual tools for this need.
 */
import { readFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { posix } from 'node:path'
import { parseSync } from 'oxc-parser'
import { boundaries, exceptions, type Boundary } from './boundaries.ts'
import { repositoryFiles, root } from './repository-files.ts'

interface Import {
  readonly specifier: string
  readonly dynamic: boolean
}

/** All module requests of a file: imports, re-exports, and `import()` with a literal. */
export function importsOf(file: string, text: string): readonly Import[] {
  const { module, errors } = parseSync(file, text)
  const [first] = errors
  if (first !== undefined) throw new Error(`${file}: ${first.message}`)
  const found: Import[] = module.staticImports.map(({ moduleRequest }) => ({
    specifier: moduleRequest.value,
    dynamic: false,
  }))
  for (const { entries } of module.staticExports) {
    for (const { moduleRequest } of entries)
      if (moduleRequest) found.push({ specifier: moduleRequest.value, dynamic: false })
  }
  for (const { moduleRequest } of module.dynamicImports) {
    const literal = /^(['"`])([^'"`$]+)\1$/.exec(text.slice(moduleRequest.start, moduleRequest.end))
    if (literal?.[2] !== undefined) found.push({ specifier: literal[2], dynamic: true })
  }
  return found
}

/** Where an import leads: a path from the root, `node:NAME`, or a package's name. */
function targetOf(file: string, specifier: string): string {
  if (specifier.startsWith('.')) return posix.join(posix.dirname(file), specifier)
  if (isBuiltin(specifier)) return specifier.startsWith('node:') ? specifier : `node:${specifier}`
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/')
}

const covers = (pattern: string, target: string): boolean => {
  if (pattern === 'node:*') return target.startsWith('node:')
  if (pattern === 'npm') return !target.startsWith('node:') && !target.startsWith('packages/')
  return pattern.endsWith('/') ? target.startsWith(pattern) : target === pattern
}

const excepted = (file: string, target: string, dynamic: boolean): boolean =>
  exceptions.some(
    (row) => file.startsWith(row.folder) && (dynamic ? [target, `dynamic:${target}`] : [target]).includes(row.target),
  )

function breaks(row: Boundary, file: string, target: string, dynamic: boolean): boolean {
  if (!file.startsWith(row.folder) || target.startsWith(row.folder) || excepted(file, target, dynamic)) return false
  if (row.never?.some((pattern) => covers(pattern, target))) return true
  return row.only !== undefined && !row.only.some((pattern) => covers(pattern, target))
}

/** Groups of files that import each other in a circle (Tarjan's strongly connected components). */
export function findCycles(graph: ReadonlyMap<string, readonly string[]>): readonly (readonly string[])[] {
  const index = new Map<string, number>()
  const stack: string[] = []
  const cycles: string[][] = []
  const visit = (node: string): number => {
    const number = index.size
    index.set(node, number)
    let lowest = number
    stack.push(node)
    for (const next of graph.get(node) ?? []) {
      if (!index.has(next)) lowest = Math.min(lowest, visit(next))
      else if (stack.includes(next)) lowest = Math.min(lowest, index.get(next) ?? lowest)
    }
    if (lowest === number) {
      const group = stack.splice(stack.indexOf(node))
      if (group.length > 1 || graph.get(node)?.includes(node)) cycles.push(group)
    }
    return lowest
  }
  for (const node of graph.keys()) if (!index.has(node)) visit(node)
  return cycles
}

/** The packages a workspace may import. */
function declaredBy(workspace: string): ReadonlySet<string> {
  const manifest = JSON.parse(readFileSync(posix.join(root, workspace, 'package.json'), 'utf8'))
  return new Set(
    ['dependencies', 'peerDependencies', 'optionalDependencies'].flatMap((field) => Object.keys(manifest[field] ?? {})),
  )
}

const packageSources = (): ReadonlyMap<string, string> =>
  new Map(
    repositoryFiles(/^packages\/[^/]+\/(src|bin)\/.*(?<!\.test)\.[cm]?[jt]s$/).map((file) => [
      file,
      readFileSync(posix.join(root, file), 'utf8'),
    ]),
  )

/** Every problem in these sources (path from the root → text). */
export function checkBoundaries(sources: ReadonlyMap<string, string> = packageSources()): readonly string[] {
  const problems: string[] = []
  const graph = new Map<string, readonly string[]>()
  const declared = new Map<string, ReadonlySet<string>>()
  for (const [file, text] of sources) {
    const workspace = file.split('/').slice(0, 2).join('/')
    const allowed = declared.get(workspace) ?? declaredBy(workspace)
    declared.set(workspace, allowed)
    const edges: string[] = []
    for (const { specifier, dynamic } of importsOf(file, text)) {
      const target = targetOf(file, specifier)
      if (specifier.startsWith('.') && !dynamic) edges.push(target)
      for (const row of boundaries) {
        if (breaks(row, file, target, dynamic)) problems.push(`${file} imports ${specifier}: ${row.because}`)
      }
      const ours = target.startsWith('packages/') || target.startsWith('node:') || specifier.startsWith('#')
      if (!ours && !allowed.has(target)) {
        problems.push(`${file} imports ${specifier}, which ${workspace}/package.json does not name`)
      }
    }
    graph.set(file, edges)
  }
  for (const cycle of findCycles(graph)) problems.push(`import cycle: ${[...cycle, cycle[0]].join(' → ')}`)
  return problems
}
