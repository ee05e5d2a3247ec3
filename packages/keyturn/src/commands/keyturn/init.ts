import { existsSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { keepOutOfGit, makeKey, makeSettings, settingsPathIn } from '../../config/starter.ts'
import type { Step } from '../../config/starter.ts'
import { KeyturnCommand } from '../../keyturn-command.ts'
import type { Json } from '../../keyturn-command.ts'
import { openOptions, settingsAt, shownStore, sqliteFile } from '../../settings.ts'

const said = { made: 'made', kept: 'was there, kept', named: 'yours, only named' } as const

export default class InitCommand extends KeyturnCommand {
  static override summary = 'Make keyturn.yaml, a master key and a store'
  static override description =
    'Makes what is missing and overwrites nothing: settings in this folder, a master key only you can read, the store, and lines in .gitignore inside a git work tree. With --key env:, command: or keyring: the key stays where you keep it.'
  static override examples = [
    { description: 'Settings, key and SQLite store in this folder', command: '<%= config.bin %> <%= command.id %>' },
    {
      description: 'PostgreSQL, the key from a password manager',
      command:
        '<%= config.bin %> <%= command.id %> --store postgres://keyturn@db/keyturn --key "command:op read op://infra/keyturn/key"',
    },
  ]

  async run(): Promise<Json> {
    const { flags } = await this.parse(InitCommand)
    const path = flags.config === undefined ? settingsPathIn(process.cwd()) : resolve(flags.config)
    const settings = await settingsAt(path, flags, process.cwd(), this.env)
    const here = { store: settings.store.value, masterKey: settings.masterKey.value }
    const storeFile = sqliteFile(here.store)
    const steps: Step[] = [makeKey(here.masterKey, storeFile)]
    const before = storeFile !== null && existsSync(storeFile)
    const { openKeyturn } = await import('@keyturn/tokens')
    const opened = await openKeyturn({
      ...openOptions(settings),
      migrate: true,
    })
    await opened.close()
    steps.push({ what: 'store', where: storeFile ?? shownStore(here.store), did: before ? 'kept' : 'made' })
    steps.push(makeSettings(path, here.store, here.masterKey))
    const keyFile = here.masterKey.startsWith('file:') ? [resolve(here.masterKey.slice(5))] : []
    const files = storeFile === null ? [] : [storeFile, `${storeFile}-wal`, `${storeFile}-shm`, `${storeFile}.host`]
    const ignored = keepOutOfGit(dirname(path), [...keyFile, ...files])
    if (ignored !== null) steps.push(ignored)
    for (const { what, where, did } of steps) this.log(`${what.padEnd(10)}  ${where}  (${said[did]})`)
    this.tell('\nKeep a copy of the master key away from the store: without it the store cannot be opened.')
    this.tell(
      `Next: ${this.bin} connect NAME --login-url https://YOURDOMAIN.my.salesforce.com --client-id KEY\nNo org at hand? ${this.bin} sim starts a simulated one.`,
      '  ',
    )
    return { steps }
  }
}
