/**
 * Finds exports of the packages' sources that no other file imports: what only its own file uses is no part of the
 * architecture and must not look like it. What a package's entry exports is its public surface, used or not.
 */
import { readFileSync } from 'node:fs'
import { posix } from 'node:path'
import { parseSync } from 'oxc-parser'
import { repositoryFiles, root } from './repository-files.ts'

/** What is imported by a path made at run time: the registries', the command table's, the demo's. */
const loadedByPath = [
  /^packages\/keyturn\/src\/posture\/controls\/[^/]+\/(control|cases|fix)\.ts \1$/,
  /^packages\/keyturn\/src\/demo\/main\.ts runDemo$/,
]

interface Module {
  readonly exports: readonly string[]
  /** Target file → the names taken from it; `*` is all of them. */
  readonly takes: readonly (readonly [target: string, name: string])[]
}

const nameOf = (entry: { readonly kind: string; readonly name?: string | null }): string =>
  entry.kind === 'Name' ? (entry.name ?? '*') : entry.kind === 'Default' ? 'default' : '*'

function moduleOf(file: string, text: string): Module {
  const { module } = parseSync(file, text)
  const at = (specifier: string): string => posix.join(posix.dirname(file), specifier)
  const exports: string[] = []
  const takes: [string, string][] = []
  for (const { moduleRequest, entries } of module.staticImports)
    for (const { importName } of entries) takes.push([at(moduleRequest.value), nameOf(importName)])
  for (const { moduleRequest, importName, exportName } of module.staticExports.flatMap(({ entries }) => entries)) {
    if (moduleRequest) takes.push([at(moduleRequest.value), nameOf(importName)])
    if (exportName.kind === 'Name' && exportName.name) exports.push(exportName.name)
  }
  for (const { moduleRequest } of module.dynamicImports) {
    const literal = /^(['"`])([^'"`$]+)\1$/.exec(text.slice(moduleRequest.start, moduleRequest.end))
    if (literal?.[2] !== undefined) takes.push([at(literal[2]), '*'])
  }
  return { exports, takes }
}

/** The files a package.json's `exports` and `bin` name. */
function entries(): ReadonlySet<string> {
  const found = new Set<string>()
  for (const manifest of repositoryFiles(/^packages\/[^/]+\/package\.json$/)) {
    const { exports = {} } = JSON.parse(readFileSync(posix.join(root, manifest), 'utf8'))
    for (const path of Object.values<string>(exports)) found.add(posix.join(posix.dirname(manifest), path))
  }
  return found
}

const repositorySources = (): ReadonlyMap<string, string> =>
  new Map(repositoryFiles(/\.(ts|mjs|js)$/).map((file) => [file, readFileSync(posix.join(root, file), 'utf8')]))

/** One line for each export of a package’s sources that nobody takes. */
export function checkExports(
  sources: ReadonlyMap<string, string> = repositorySources(),
  publicFiles: ReadonlySet<string> = entries(),
): readonly string[] {
  const modules = new Map([...sources].map(([file, text]) => [file, moduleOf(file, text)]))
  const taken = new Set([...modules.values()].flatMap(({ takes }) => takes.map(([file, name]) => `${file} ${name}`)))
  const problems: string[] = []
  for (const [file, { exports }] of modules) {
    if (!/^packages\/[^/]+\/src\//.test(file) || publicFiles.has(file) || taken.has(`${file} *`)) continue
    for (const name of exports)
      if (!taken.has(`${file} ${name}`) && !loadedByPath.some((pattern) => pattern.test(`${file} ${name}`)))
        problems.push(`${file} exports ${name}, which no other file imports`)
  }
  return problems
}
