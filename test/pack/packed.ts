/** The packages as a user gets them: packed, then installed into an empty folder. Used by the tests beside it. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { installBeside, installInto } from '../../tools/install-beside.ts'
import { manifests, packAll, type Manifest } from '../../tools/pack.ts'
import { root } from '../../tools/repository-files.ts'

export interface Installation {
  readonly folder: string
  readonly manifests: readonly Manifest[]
}

/** Packs everything and installs it, with the optional peers that the adapters and drivers are for. */
export async function installPacked(folder: string): Promise<Installation> {
  const packed = await packAll(join(folder, 'tarballs'))
  const peers = new Set(manifests().flatMap(({ peerDependencies = {} }) => Object.keys(peerDependencies)))
  const pinned = [...peers]
    .filter((name) => !packed.some(({ manifest }) => manifest.name === name))
    .map(
      (name) => `${name}@${JSON.parse(readFileSync(join(root, 'node_modules', name, 'package.json'), 'utf8')).version}`,
    )
  const installation = join(folder, 'installation')
  installInto(installation, [...packed.map(({ tarball }) => tarball), ...pinned])
  return { folder: installation, manifests: packed.map(({ manifest }) => manifest) }
}

/** The import specifiers a package offers. */
export const subpaths = ({ name, exports = {} }: Manifest): readonly string[] =>
  Object.keys(exports)
    .filter((subpath) => !subpath.endsWith('.json'))
    .map((subpath) => name + subpath.slice(1))

/** The Node of an exact version, from its npm package; undefined where that exists for Linux only. */
export function nodeOf(version: string): string | undefined {
  if (process.platform !== 'linux' || !['x64', 'arm64'].includes(process.arch)) return undefined
  const name = `node-linux-${process.arch}`
  const folder = installBeside(join('nodes', version), [`${name}@${version}`])
  return join(folder, 'node_modules', name, 'bin', 'node')
}

/** What Node 22 itself says when node:sqlite is loaded; nothing of ours. */
const sqliteNotice =
  /^\(node:\d+\) ExperimentalWarning: SQLite is an experimental feature[^\n]*\n\(Use `node --trace-warnings[^\n]*\n/

/** Runs Node in the installation; it must end with 0 and an empty stderr. */
function runClean(node: string, args: readonly string[], installation: Installation, mayNotice: boolean): string {
  const { NODE_TEST_CONTEXT: _, NODE_OPTIONS: __, ...env } = process.env
  const { status, stdout, stderr } = spawnSync(node, [...args], { cwd: installation.folder, env, encoding: 'utf8' })
  const rest = mayNotice ? stderr.replace(sqliteNotice, '') : stderr
  assert.deepEqual({ status, stderr: rest }, { status: 0, stderr: '' }, `${node} ${args.join(' ')}`)
  return stdout
}

/** Imports every subpath and runs every bin with this Node. */
export function useWith(node: string, installation: Installation): void {
  const mayNotice = runClean(node, ['--version'], installation, false).startsWith('v22.')
  for (const manifest of installation.manifests) {
    for (const specifier of subpaths(manifest)) {
      const program = `console.log(Object.keys(await import(${JSON.stringify(specifier)})).length)`
      const names = runClean(node, ['--input-type=module', '-e', program], installation, mayNotice)
      assert.ok(Number(names) > 0, `${specifier} exports nothing`)
    }
    for (const script of Object.values(manifest.bin ?? {})) {
      const path = join(installation.folder, 'node_modules', manifest.name, script)
      assert.ok(existsSync(path), `${path} was not packed`)
      const version = runClean(node, [path, '--version'], installation, mayNotice)
      assert.match(version, new RegExp(manifest.version.replaceAll('.', '\\.')))
    }
  }
}
