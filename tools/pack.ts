/**
 * `npm run pack`: makes what is published, one tarball for each package, in dist/.
 *
 * The sources run as TypeScript in the checkout; users get JavaScript and declarations. The compiler does both (not
 * Node's type stripping, because it also lowers syntax that Node 22 lacks, such as `using`). Whatever package.json says
 * of `./src/….ts` is rewritten to `./dist/….js`, and the CLI gets its oclif manifest. The tests install these tarballs.
 */
import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { basename, join, relative } from 'node:path'
import { root } from './repository-files.ts'

export interface Manifest {
  readonly name: string
  readonly version: string
  readonly exports?: Readonly<Record<string, string>>
  readonly bin?: Readonly<Record<string, string>>
  readonly dependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
  readonly oclif?: unknown
  readonly [field: string]: unknown
}

export interface Packed {
  readonly manifest: Manifest
  readonly tarball: string
}

/** In the order in which they build on each other. */
const workspaces = ['tokens', 'simulator', 'keyturn'] as const

const folderOf = (workspace: string): string => join(root, 'packages', workspace)

export const manifestOf = (workspace: string): Manifest =>
  JSON.parse(readFileSync(join(folderOf(workspace), 'package.json'), 'utf8'))

/** Every manifest to be published. */
export const manifests = (): readonly Manifest[] => workspaces.map(manifestOf)

/** Files that a package.json names and that are not there. */
export function missingFiles(): readonly string[] {
  return workspaces.flatMap((workspace) => {
    const { exports = {}, bin = {} } = manifestOf(workspace)
    return [...Object.values(exports), ...Object.values(bin)]
      .map((path) => join(folderOf(workspace), path))
      .filter((path) => !existsSync(path))
      .map((path) => relative(root, path))
  })
}

const published = (path: string): string => path.replace(/^\.\/src\//, './dist/').replace(/(?<!\.d)\.ts$/, '.js')

/** Rewrites every path below src in a value of package.json. */
function rewritten(value: unknown): unknown {
  if (typeof value === 'string')
    return value.startsWith('./src') ? published(value.replace(/^\.\/src$/, './dist')) : value
  if (Array.isArray(value)) return value.map(rewritten)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, rewritten(part)]))
}

function publishedManifest(manifest: Manifest): Manifest {
  const { scripts: _, devDependencies: __, private: ___, files: ____, ...kept } = manifest
  const exports = Object.entries(manifest.exports ?? {}).map(([subpath, path]) => {
    const js = published(path)
    return [subpath, js.endsWith('.js') ? { types: js.replace(/\.js$/, '.d.ts'), default: js } : js]
  })
  return {
    ...kept,
    ...(manifest.exports === undefined ? {} : { exports: Object.fromEntries(exports) }),
    ...(manifest.oclif === undefined ? {} : { oclif: rewritten(manifest.oclif) }),
  }
}

function execute(what: string, command: string, args: readonly string[], cwd: string): string {
  const { status, stdout, stderr, error } = spawnSync(command, [...args], {
    cwd,
    encoding: 'utf8',
    shell: process.platform === 'win32' && command === 'npm',
  })
  if (status !== 0) throw new Error(`${what} failed:\n${stdout ?? ''}${stderr ?? ''}${error?.message ?? ''}`)
  return stdout
}

/** Where the compiler finds the packages built before: their declarations, not their sources. */
function builtBefore(stages: ReadonlyMap<string, string>): Record<string, readonly string[]> {
  const paths: Record<string, readonly string[]> = {}
  for (const [name, stage] of stages) {
    const { exports = {} }: { exports?: Record<string, { types?: string } | string> } = JSON.parse(
      readFileSync(join(stage, 'package.json'), 'utf8'),
    )
    for (const [subpath, target] of Object.entries(exports)) {
      if (typeof target === 'object' && target.types !== undefined)
        paths[join(name, subpath)] = [join(stage, target.types)]
    }
  }
  return paths
}

function compile(workspace: string, stage: string, stages: ReadonlyMap<string, string>): void {
  const source = join(folderOf(workspace), 'src')
  const config = join(stage, 'tsconfig.json')
  const compilerOptions = {
    noEmit: false,
    // Nobody imports a package that exports nothing: the CLI needs no declarations.
    declaration: manifestOf(workspace).exports !== undefined,
    rewriteRelativeImportExtensions: true,
    rootDir: source,
    outDir: join(stage, 'dist'),
    paths: builtBefore(stages),
  }
  const include = [join(source, '**/*.ts')]
  writeFileSync(
    config,
    JSON.stringify({
      extends: join(root, 'tsconfig.json'),
      compilerOptions,
      include,
      exclude: [join(source, '**/*.test.ts')],
    }),
  )
  execute(
    `compiling packages/${workspace}`,
    process.execPath,
    [join(root, 'node_modules/typescript/bin/tsc'), '-p', config],
    root,
  )
  rmSync(config)
  // The compiler rewrites the imports of JavaScript only.
  for (const file of globSync('dist/**/*.d.ts', { cwd: stage })) {
    const path = join(stage, file)
    writeFileSync(
      path,
      readFileSync(path, 'utf8').replace(/((?:from|import)\s*\(?\s*)(['"])(\.{1,2}\/[^'"]+)\.ts\2/g, '$1$2$3.js$2'),
    )
  }
  // What is no TypeScript goes as it is (pages, schemas, data).
  cpSync(source, join(stage, 'dist'), { recursive: true, filter: (path) => !path.endsWith('.ts') })
}

/** The list of commands, so that the CLI starts without loading all of them. */
async function writeOclifManifest(stage: string): Promise<void> {
  const { Plugin } = await import('@oclif/core/config')
  const plugin = new Plugin({
    root: stage,
    ignoreManifest: true,
    errorOnManifestCreate: true,
    respectNoCacheDefault: true,
  })
  await plugin.load()
  writeFileSync(join(stage, 'oclif.manifest.json'), `${JSON.stringify(plugin.manifest, null, 2)}\n`)
}

async function stageWorkspace(workspace: string, stage: string, stages: ReadonlyMap<string, string>): Promise<void> {
  const folder = folderOf(workspace)
  const manifest = manifestOf(workspace)
  mkdirSync(stage, { recursive: true })
  compile(workspace, stage, stages)
  writeFileSync(join(stage, 'package.json'), `${JSON.stringify(publishedManifest(manifest), null, 2)}\n`)
  const bin = join(folder, 'bin')
  for (const file of existsSync(bin) ? readdirSync(bin) : []) {
    mkdirSync(join(stage, 'bin'), { recursive: true })
    const script = readFileSync(join(bin, file), 'utf8').replace(
      /(['"])\.\.\/src\/([^'"]+)\.ts\1/g,
      '$1../dist/$2.js$1',
    )
    writeFileSync(join(stage, 'bin', file), script)
    chmodSync(join(stage, 'bin', file), 0o755)
  }
  for (const file of ['README.md', 'CHANGELOG.md', 'LICENSE']) {
    const own = [join(folder, file), join(root, file)].find((path) => existsSync(path))
    if (own !== undefined) copyFileSync(own, join(stage, file))
  }
  if (manifest.oclif !== undefined) await writeOclifManifest(stage)
}

/** Builds and packs every package into `destination`. Stages below the root, where dependencies are found. */
export async function packAll(destination: string): Promise<readonly Packed[]> {
  const missing = missingFiles()
  if (missing.length > 0) throw new Error(`package.json names files that do not exist: ${missing.join(', ')}`)
  const staging = join(root, '.cache', `pack.${process.pid}`)
  mkdirSync(destination, { recursive: true })
  try {
    const stages = new Map<string, string>()
    const packed: Packed[] = []
    for (const workspace of workspaces) {
      const stage = join(staging, workspace)
      await stageWorkspace(workspace, stage, stages)
      const manifest = manifestOf(workspace)
      stages.set(manifest.name, stage)
      const listed = execute(
        `packing ${manifest.name}`,
        'npm',
        ['pack', '--json', '--silent', '--ignore-scripts', '--pack-destination', destination],
        stage,
      )
      const answer: readonly { readonly filename: string }[] | Record<string, { readonly filename: string }> =
        JSON.parse(listed)
      const [entry] = Object.values(answer)
      if (entry === undefined) throw new Error(`npm pack of ${manifest.name} made nothing: ${listed}`)
      packed.push({ manifest, tarball: join(destination, basename(entry.filename)) })
    }
    return packed
  } finally {
    rmSync(staging, { recursive: true, force: true })
  }
}

if (import.meta.main) {
  try {
    // What is of another version would be installed beside it.
    rmSync(join(root, 'dist'), { recursive: true, force: true })
    for (const { manifest, tarball } of await packAll(join(root, 'dist'))) {
      process.stdout.write(`${manifest.name}@${manifest.version}  ${relative(root, tarball)}\n`)
    }
  } catch (error) {
    process.stderr.write(
      `error PACK_FAILED: ${error instanceof Error ? error.message : String(error)}\n  next: correct what is named and repeat\n`,
    )
    process.exitCode = 1
  }
}
