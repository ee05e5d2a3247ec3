/**
 * Installs exact versions of packages into a folder under .cache/, beside the project's own node_modules: for tests
 * against things that are too large or too many to be dependencies (the sf CLI, other versions of Node). An
 * installation that is there is used again.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './repository-files.ts'

/** How to run npm: through the npm that started us, else the one in PATH. */
function npm(args: readonly string[], cwd: string): { readonly ok: boolean; readonly output: string } {
  const self = process.env['npm_execpath']
  const throughNode = self !== undefined && /npm-cli\.[cm]?js$/.test(self)
  const { npm_node_execpath: outerNode = process.execPath } = process.env
  const env = { ...process.env }
  // What `npm run` hands down would make this npm work on our workspaces.
  for (const name of Object.keys(env))
    if (/^npm_config_(workspaces?|prefix|global|omit|include)$/i.test(name)) delete env[name]
  const options = { cwd, env, encoding: 'utf8', shell: !throughNode && process.platform === 'win32' } as const
  const { status, stdout, stderr, error } = throughNode
    ? spawnSync(outerNode, [self, ...args], options)
    : spawnSync('npm', [...args], options)
  return { ok: status === 0, output: `${stdout ?? ''}${stderr ?? ''}${error?.message ?? ''}` }
}

/**
 * The folder that holds `specs` (`name@version`, or paths of tarballs) in its node_modules. Throws with npm's output
 * when npm fails. Two processes that install the same name at once each lay their own copy; the first to finish wins.
 */
export function installBeside(name: string, specs: readonly string[]): string {
  const folder = join(root, '.cache', name)
  const stamp = join(folder, '.installed')
  const content = specs.join('\n')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === content) return folder
  const fresh = `${folder}.${process.pid}`
  installInto(fresh, specs)
  writeFileSync(join(fresh, '.installed'), content)
  rmSync(folder, { recursive: true, force: true })
  try {
    renameSync(fresh, folder)
  } catch (error) {
    rmSync(fresh, { recursive: true, force: true })
    if (!existsSync(stamp)) throw error
  }
  return folder
}

/** A clean installation of `specs` into an empty folder, without install scripts. */
export function installInto(folder: string, specs: readonly string[]): void {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n')
  const args = [
    'install',
    '--ignore-scripts',
    '--prefer-offline',
    '--no-save',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
  ]
  const { ok, output } = npm([...args, ...specs], folder)
  if (!ok) throw new Error(`npm could not install ${specs.join(' ')}:\n${output}`)
}
