/**
 * Finds and reads keyturn.yaml.
 *
 * YAML and the schema cost more to load than a token costs to print, so a file that was found good is remembered by the
 * hash of its bytes in the user's cache folder (it holds no secret); a changed byte is another file.
 */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { KeyturnError } from '@keyturn/tokens'
import { ownVersion } from '../own-version.ts'
import type { KeyturnConfig } from './schema.ts'

export const CONFIG_NAME = 'keyturn.yaml'
/** Bytes; 5,000 credentials with schedules of their own take two million. */
const largest = 10_000_000
/** Part of the cache's key, with the version: a new schema must not meet what an older one found good. */
const format = 'keyturn-config-2'

interface ConfigFile {
  readonly path: string
  readonly config: KeyturnConfig
}

/** The nearest keyturn.yaml from `folder` upwards. */
export const findConfig = (folder: string): string | null => {
  for (let at = resolve(folder); ; at = dirname(at)) {
    const path = join(at, CONFIG_NAME)
    if (existsSync(path)) return path
    if (dirname(at) === at) return null
  }
}

export const configText = (path: string): string => {
  try {
    if (statSync(path).size > largest)
      throw new KeyturnError('CONFIG_INVALID', `${path} is larger than ${largest} bytes`)
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (error instanceof KeyturnError) throw error
    const code = (error as NodeJS.ErrnoException).code ?? 'unreadable'
    throw new KeyturnError('CONFIG_INVALID', `${path} cannot be read (${code})`, {
      fix: 'Name an existing file with --config or KEYTURN_CONFIG, or run `keyturn init`.',
    })
  }
}

export const readConfig = async (path: string, cacheFolder: string | null): Promise<ConfigFile> => {
  const text = configText(path)
  const remembered =
    cacheFolder === null
      ? null
      : join(cacheFolder, `${createHash('sha256').update(`${format} ${ownVersion()}`).update(text).digest('hex')}.json`)
  if (remembered !== null) {
    try {
      return { path, config: JSON.parse(readFileSync(remembered, 'utf8')) as KeyturnConfig }
    } catch {
      // Not there yet, or somebody emptied it: read the file itself.
    }
  }
  const { checkConfig } = await import('./check.ts')
  const { config, problems } = checkConfig(text)
  if (config === null) {
    const lines = problems.map(
      ({ line, column, path: at, message }) => `${path}:${line}:${column} ${at === '' ? '' : `${at} `}${message}`,
    )
    throw new KeyturnError('CONFIG_INVALID', lines.join('\n'), {
      data: { problems: problems.map((problem) => ({ ...problem })) },
    })
  }
  if (remembered !== null) remember(remembered, config)
  return { path, config }
}

const remember = (path: string, config: KeyturnConfig): void => {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    const fresh = `${path}.${process.pid}`
    writeFileSync(fresh, JSON.stringify(config), { mode: 0o600 })
    renameSync(fresh, path)
  } catch {
    // Only speed is lost.
  }
}
