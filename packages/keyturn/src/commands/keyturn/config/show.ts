import { KeyturnCommand } from '../../../keyturn-command.ts'
import type { Json } from '../../../keyturn-command.ts'
import { table } from '../../../output/table.ts'
import { shownStore } from '../../../settings.ts'
import type { Origin } from '../../../settings.ts'

interface Row {
  readonly name: string
  readonly value: string
  readonly from: Origin
}

const rowsOf = (value: unknown, name: string): readonly Row[] => {
  if (value === undefined) return []
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return Object.entries(value).flatMap(([key, part]) => rowsOf(part, name === '' ? key : `${name}.${key}`))
  }
  return [{ name, value: Array.isArray(value) ? value.join(', ') : String(value), from: 'file' }]
}

export default class ConfigShowCommand extends KeyturnCommand {
  static override summary = 'Show which settings hold here, and where each comes from'
  static override description =
    'Flag before environment before keyturn.yaml before default. Secrets are shown as the places they are kept in.'
  static override examples = [
    { description: 'What holds in this folder', command: '<%= config.bin %> <%= command.id %>' },
    {
      description: 'What would hold with another store',
      command: '<%= config.bin %> <%= command.id %> --store sqlite:./other.db --json',
    },
  ]

  async run(): Promise<Json> {
    const { flags } = await this.parse(ConfigShowCommand)
    const { store, masterKey, config, configPath } = await this.settings(flags)
    const { version: _version, store: _store, masterKey: _masterKey, ...rest } = config
    const rows: readonly Row[] = [
      { name: 'store', value: shownStore(store.value), from: store.from },
      { name: 'masterKey', value: masterKey.value, from: masterKey.from },
      ...rowsOf(rest, ''),
    ]
    this.log(`File: ${configPath ?? 'none'}\n`)
    this.log(
      table(rows, [
        { title: 'SETTING', of: (row) => row.name },
        { title: 'VALUE', of: (row) => row.value },
        { title: 'FROM', of: (row) => row.from },
      ]),
    )
    return { file: configPath, settings: rows }
  }
}
