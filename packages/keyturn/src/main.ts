/**
 * Our own bin: finds the command's file from the words of the command line and runs it, loading nothing else, so that
 * `keyturn token NAME` costs little more than Node itself. Help, versions and unknown words go the long way through
 * oclif, with the topic `keyturn` taken off the ids (inside the Salesforce CLI the same files are `sf keyturn …`).
 */
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Config } from '@oclif/core/config'
import type { KeyturnCommand } from './keyturn-command.ts'
import { askedInFastLane, fastLane } from './token/fast-lane.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
/** `.ts` in the checkout, `.js` as published. */
const extension = import.meta.url.endsWith('.ts') ? '.ts' : '.js'
const word = /^[a-z][a-z-]*$/

const fileOf = (words: readonly string[]): URL | null => {
  for (const ending of [extension, `/index${extension}`]) {
    const url = new URL(`./commands/keyturn/${words.join('/')}${ending}`, import.meta.url)
    if (existsSync(url)) return url
  }
  return null
}

interface Found {
  readonly id: string
  readonly file: URL
  readonly rest: readonly string[]
}

/** The longest row of words that names a command. */
const findCommand = (argv: readonly string[]): Found | null => {
  const end = argv.findIndex((part) => !word.test(part))
  const words = argv.slice(0, Math.min(end === -1 ? argv.length : end, 2))
  for (let count = words.length; count > 0; count--) {
    const file = fileOf(words.slice(0, count))
    if (file !== null) return { id: words.slice(0, count).join(':'), file, rest: argv.slice(count) }
  }
  return null
}

const wantsHelp = (argv: readonly string[]): boolean => {
  const end = argv.indexOf('--')
  return argv.slice(0, end === -1 ? argv.length : end).some((part) => part === '--help' || part === '-h')
}

interface PackageJson {
  readonly name: string
  readonly version: string
  readonly oclif: {
    readonly commands: string
    readonly topics: Readonly<Record<string, object>>
    readonly [field: string]: unknown
  }
}

/** package.json with the topic taken off: what is `keyturn:token` to the Salesforce CLI is `token` here. */
const ownPackageJson = (): PackageJson => {
  const json = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as PackageJson
  const topics = Object.entries(json.oclif.topics).flatMap(([id, topic]) =>
    id.startsWith('keyturn:') ? [[id.slice('keyturn:'.length), topic] as const] : [],
  )
  return {
    ...json,
    oclif: { ...json.oclif, commands: `${json.oclif.commands}/keyturn`, topics: Object.fromEntries(topics) },
  }
}

/** What help is asked about is loaded: the commands that begin with a word, or, as their list shows them, all. */
const configOf = async (first: string | undefined): Promise<Config> => {
  const { Config: OclifConfig } = await import('@oclif/core/config')
  const json = ownPackageJson()
  const files = [`${first}${extension}`, `${first}/*${extension}`]
  const commands =
    first === undefined || !word.test(first)
      ? json.oclif.commands
      : { strategy: 'pattern', target: json.oclif.commands, globPatterns: files }
  const pjson = { ...json, oclif: { ...json.oclif, commands } }
  return OclifConfig.load({ root, pjson: pjson as never, ignoreManifest: true, version: json.version })
}

/** What a running command asks its host for; nothing of it needs the list of commands. */
const smallConfig = async (): Promise<Config> => {
  const { Config: OclifConfig } = await import('@oclif/core/config')
  return Object.assign(new OclifConfig({ root }), {
    bin: 'keyturn',
    name: 'keyturn',
    dirname: 'keyturn',
    root,
    topicSeparator: ' ' as const,
    userAgent: 'keyturn',
    // This package has none, and oclif would look for them in plugins that were not loaded.
    runHook: () => Promise.resolve({ successes: [], failures: [] }),
  })
}

const runCommand = async ({ id, file, rest }: Found): Promise<void> => {
  const { default: command } = (await import(file.href)) as {
    default: typeof KeyturnCommand & (new (argv: string[], config: Config) => KeyturnCommand)
  }
  command.id = id
  await command.run([...rest], await smallConfig())
}

const showHelp = async (argv: readonly string[]): Promise<void> => {
  const [config, { loadHelpClass, normalizeArgv }, { usageOf }] = await Promise.all([
    configOf(argv[0]),
    import('@oclif/core/help'),
    import('./output/usage.ts'),
  ])
  for (const command of config.commands) command.usage = usageOf(command)
  const Help = await loadHelpClass(config)
  await new Help(config, { ...config.pjson.oclif.helpOptions }).showHelp(normalizeArgv(config, [...argv]))
}

const isTopic = (first: string): boolean =>
  word.test(first) && existsSync(new URL(`./commands/keyturn/${first}`, import.meta.url))

const helpWith = (argv: readonly string[]): Promise<void> => {
  const [first] = argv
  if (first === undefined || first.startsWith('-')) return showHelp([])
  const found = findCommand(argv)
  if (found !== null) return showHelp(found.id.split(':'))
  return isTopic(first) && !word.test(argv[1] ?? '-') ? showHelp([first]) : unknownCommand(argv)
}

const unknownCommand = async (argv: readonly string[]): Promise<void> => {
  const [{ KeyturnError }, { reportError }, { commandIds }, { nearest }, { environment }] = await Promise.all([
    import('@keyturn/tokens'),
    import('./output/report-error.ts'),
    import('./command-table.ts'),
    import('./nearest.ts'),
    import('./settings.ts'),
  ])
  const end = argv.findIndex((part) => !word.test(part))
  const words = argv.slice(0, end === -1 ? 2 : Math.min(end, 2)).join(' ')
  const known = commandIds().map((id) => id.replaceAll(':', ' '))
  const guess = nearest(words, known) ?? nearest(words.split(' ')[0] ?? '', known)
  const lists = '`keyturn --help` lists the commands.'
  const error = new KeyturnError(
    'BAD_ARGUMENT',
    words === '' ? 'That is no command' : `There is no command ${words.slice(0, 60)}`,
    {
      fix: guess === null ? lists : `Did you mean \`keyturn ${guess}\`? ${lists}`,
    },
  )
  reportError(error, { json: argv.includes('--json'), bin: 'keyturn', env: environment() })
}

export const main = async (given: readonly string[]): Promise<void> => {
  // Whoever read our output (head, less) has seen enough.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit()
    throw error
  })
  // `keyturn keyturn token` is what somebody types who comes from `sf keyturn token`.
  const argv = given[0] === 'keyturn' ? given.slice(1) : given
  const asked = askedInFastLane(argv)
  if (asked !== null) return fastLane(asked)
  const [first] = argv
  if (first === '--version' || first === 'version') {
    const { name, version } = ownPackageJson()
    process.stdout.write(`${name}/${version} ${process.platform}-${process.arch} node-${process.version}\n`)
    return
  }
  if (first === undefined || first === 'help') return helpWith(argv.slice(1))
  if (wantsHelp(argv)) return helpWith(argv.filter((part) => part !== '--help' && part !== '-h'))
  const found = findCommand(argv)
  if (found !== null) return runCommand(found)
  return argv.length === 1 && isTopic(first) ? showHelp(argv) : unknownCommand(argv)
}
