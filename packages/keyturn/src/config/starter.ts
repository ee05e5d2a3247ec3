/** Makes what a first start needs and never overwrites: settings, a master key, a store, lines that keep both out of git. */
import { randomBytes } from 'node:crypto'
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, isAbsolute, join, relative, resolve } from 'node:path'
import { KeyturnError } from '@keyturn/tokens'
import { CONFIG_NAME } from './read.ts'

export interface Step {
  readonly what: 'settings' | 'master key' | 'store' | 'gitignore'
  readonly where: string
  /** `named`: it is somewhere we only know the name of. */
  readonly did: 'made' | 'kept' | 'named'
}

/** Makes a file that must not exist yet; false when it does. */
const makeFile = (path: string, text: string, mode: number): boolean => {
  mkdirSync(dirname(path), { recursive: true })
  try {
    writeFileSync(path, text, { flag: 'wx', mode })
    return true
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EEXIST') return false
    throw new KeyturnError('STORE_READ_ONLY', `${path} cannot be made (${code ?? 'unknown'})`, {
      fix: 'Make the folder writable, or start in another one.',
    })
  }
}

/** Relative to the file that will say so, when it can be. */
const written = (value: string, folder: string): string => {
  const match = /^(sqlite|file):(?!\/\/)(.+)$/s.exec(value)
  if (match?.[2] === undefined) return value
  const path = relative(folder, resolve(match[2]))
  return path.startsWith('..') || isAbsolute(path) ? `${match[1]}:${resolve(match[2])}` : `${match[1]}:./${path}`
}

export const makeSettings = (path: string, store: string, masterKey: string): Step => {
  const folder = dirname(path)
  const text = `# Settings of Keyturn. No secret belongs in here: \`keyturn config schema\` says what does.
version: 1
store: ${JSON.stringify(written(store, folder))}
masterKey: ${JSON.stringify(written(masterKey, folder))}
`
  return { what: 'settings', where: path, did: makeFile(path, text, 0o644) ? 'made' : 'kept' }
}

/** 32 random bytes in hex, readable by the owner only. A store that is there already was sealed with another key. */
export const makeKey = (masterKey: string, storeFile: string | null): Step => {
  if (!masterKey.startsWith('file:')) return { what: 'master key', where: masterKey, did: 'named' }
  const path = resolve(masterKey.slice('file:'.length))
  if (!existsSync(path) && storeFile !== null && existsSync(storeFile)) {
    throw new KeyturnError('KEY_MISSING', `The store ${storeFile} exists, its master key ${path} does not`, {
      fix: 'Bring the key back (a new one cannot open this store), or name another store.',
    })
  }
  const made = makeFile(path, `${randomBytes(32).toString('hex')}\n`, 0o600)
  return { what: 'master key', where: path, did: made ? 'made' : 'kept' }
}

const workTree = (folder: string): boolean => {
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(join(at, '.git'))) return true
    if (dirname(at) === at) return false
  }
}

/** Only inside a git work tree, and only the lines that are missing. */
export const keepOutOfGit = (folder: string, paths: readonly string[]): Step | null => {
  const inside = paths
    .map((path) => relative(folder, path))
    .filter((path) => path !== '' && !path.startsWith('..') && !isAbsolute(path))
  if (inside.length === 0 || !workTree(folder)) return null
  const file = join(folder, '.gitignore')
  const present = existsSync(file) ? readFileSync(file, 'utf8') : ''
  const lines = new Set(present.split(/\r?\n/))
  const missing = inside.map((path) => `/${path.replaceAll('\\', '/')}`).filter((line) => !lines.has(line))
  if (missing.length === 0) return { what: 'gitignore', where: file, did: 'kept' }
  appendFileSync(file, `${present === '' || present.endsWith('\n') ? '' : '\n'}${missing.join('\n')}\n`)
  return { what: 'gitignore', where: file, did: 'made' }
}

export const settingsPathIn = (folder: string): string => join(folder, CONFIG_NAME)
