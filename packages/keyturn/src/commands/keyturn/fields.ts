import { string as argument } from '@oclif/core/args'
import { string } from '@oclif/core/flags'
import { parseRequired } from '../../fields/required.ts'
import { KeyturnCommand } from '../../keyturn-command.ts'
import type { Json } from '../../keyturn-command.ts'
import { table } from '../../output/table.ts'

const yes = (value: boolean): string => (value ? 'yes' : 'no')

export default class FieldsCommand extends KeyturnCommand {
  static override summary = 'What this user can really read, create and update of an object'
  static override description =
    'Asks Salesforce as the user of the grant: a field without read access is absent, as it would be for the integration. With --require the exit code is 1 when something required is missing.'
  static override examples = [
    { description: 'Everything the user sees of Account', command: '<%= config.bin %> <%= command.id %> acme Account' },
    {
      description: 'Before a release: are the permissions there?',
      command: '<%= config.bin %> <%= command.id %> acme Account --require Industry:read,Name:update',
    },
  ]
  static override args = {
    name: argument({ required: true, description: 'Name of the grant' }),
    object: argument({ required: true, description: 'API name of the object, e.g. Account' }),
  }
  static override flags = {
    require: string({
      multiple: true,
      multipleNonGreedy: true,
      helpValue: 'FIELD:RIGHT,…',
      description: 'Fields with read, create or update; more than one with a plus: Name:read+update',
    }),
  }

  async run(): Promise<Json> {
    const { args, flags } = await this.parse(FieldsCommand)
    const required = parseRequired(flags.require ?? [])
    return this.withKeyturn(flags, async (keyturn) => {
      const found = await keyturn.fields(args.name, args.object)
      const missing = found.missing(required)
      const absent = new Set(missing.map(({ field }) => field).filter((field) => found.field(field) === undefined))
      const wanted = Object.keys(required)
      const rows =
        wanted.length === 0
          ? found.fields
          : found.fields.filter((field) => wanted.some((name) => name.toLowerCase() === field.name.toLowerCase()))
      this.log(
        `${found.object}: read ${yes(found.readable)}, create ${yes(found.createable)}, update ${yes(found.updateable)}, delete ${yes(found.deletable)}\n`,
      )
      this.log(
        table(
          rows,
          [
            { title: 'FIELD', of: (field) => field.name },
            { title: 'LABEL', of: (field) => field.label },
            { title: 'TYPE', of: (field) => field.type },
            { title: 'READ', of: (field) => yes(field.read) },
            { title: 'CREATE', of: (field) => yes(field.create) },
            { title: 'UPDATE', of: (field) => yes(field.update) },
          ],
          process.stdout.isTTY ? process.stdout.columns : undefined,
        ),
      )
      if (missing.length > 0) {
        this.log(
          `\nMissing: ${missing.map(({ field, right }) => `${field}:${right}${absent.has(field) ? ' (not visible at all)' : ''}`).join(', ')}`,
        )
        this.log('→ Give the user the field permission in a permission set, or do without the field.')
        this.answerNo()
      } else if (wanted.length > 0) this.log('\nEverything required is there.')
      const { object, user, readable, createable, updateable, deletable } = found
      return {
        object,
        user,
        readable,
        createable,
        updateable,
        deletable,
        fields: rows,
        missing,
        ok: missing.length === 0,
      }
    })
  }
}
