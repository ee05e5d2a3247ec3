/**
 * Every command with its class, in the order of its id: what completion scripts, the documentation and the contract
 * test are made from. The files are the table; there is no list to forget a command in.
 */
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Command } from '@oclif/core/command'

const folder = new URL('./commands/keyturn/', import.meta.url)
const extension = import.meta.url.endsWith('.ts') ? '.ts' : '.js'

const files = (): readonly string[] =>
  readdirSync(fileURLToPath(folder), { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => path.endsWith(extension) && !path.endsWith('.d.ts'))
    .sort()

const idOf = (file: string): string =>
  file
    .slice(0, -extension.length)
    .replace(/\/index$/, '')
    .replaceAll('/', ':')

/** `token`, `grants`, `grants:show`, … */
export const commandIds = (): readonly string[] => files().map(idOf).sort()

export interface CommandEntry {
  readonly id: string
  readonly command: typeof Command
}

export const commandTable = async (): Promise<readonly CommandEntry[]> => {
  const entries = await Promise.all(
    files().map(async (file) => {
      const { default: command } = (await import(new URL(file, folder).href)) as { default: typeof Command }
      return { id: idOf(file), command }
    }),
  )
  return entries.sort((a, b) => (a.id < b.id ? -1 : 1))
}
