/**
 * The sf CLI on the @salesforce/core that its own npm-shrinkwrap.json names: what people have who installed this version
 * of sf by Salesforce's installer. npm takes the newest core that fits instead, so the older one is installed beside and
 * handed to the CLI where it asks for core; nothing else of the CLI changes.
 */
import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { installBeside } from '../../tools/install-beside.ts'
import type { Workplace } from './sf-cli.ts'

interface Shrinkwrap {
  readonly packages: Readonly<Record<string, { readonly version: string }>>
}

/** The environment under which sf runs on its pinned core, and that core's version. */
export const pinnedCore = async (
  place: Workplace,
  sfEntry: string,
): Promise<{ readonly version: string; readonly env: Readonly<Record<string, string>> }> => {
  const file = join(dirname(dirname(sfEntry)), 'npm-shrinkwrap.json')
  const { packages } = JSON.parse(readFileSync(file, 'utf8')) as Shrinkwrap
  const names = ['@salesforce/core', '@jsforce/jsforce-node']
  const versions = names.map((name) => packages[`node_modules/${name}`]?.version ?? 'missing')
  const folder = installBeside(
    'sf-pinned-core',
    names.map((name, index) => `${name}@${versions[index]}`),
  )
  const hook = join(place.folder, 'pinned-core.mjs')
  await writeFile(
    hook,
    `import { registerHooks } from 'node:module'
const parentURL = ${JSON.stringify(pathToFileURL(join(folder, 'package.json')).href)}
registerHooks({
  resolve: (specifier, context, next) =>
    next(specifier, /^@(salesforce\\/core|jsforce\\/jsforce-node)(\\/|$)/.test(specifier) ? { ...context, parentURL } : context),
})
`,
  )
  return { version: versions[0] ?? '', env: { NODE_OPTIONS: `--import=${pathToFileURL(hook).href}` } }
}
