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
    'Asks Salesforce as the user of the grant: a field without read access is absent, as it would be for the integration. The exit code is 1 when the object, or something that --require names, is missing.'
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
      const wanted = Object.keys(required).map((name) => name.toLowerCase())
      const rows = found.fields.filter(({ name }) => wanted.length === 0 || wanted.includes(name.toLowerCase()))
      const { object, user, readable, createable, updateable, deletable } = found
      this.log(
        `${object}: read ${yes(readable)}, create ${yes(createable)}, update ${yes(updateable)}, delete ${yes(deletable)}`,
      )
      if (found.fields.length === 0) {
        this.log('\nNo such object, or this user may not see it.')
        this.tell('→ Check the API name, and the object permissions of the user.', '  ')
        this.answerNo()
      } else if (rows.length > 0) {
        this.log('')
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
            this.width,
          ),
        )
      }
      if (missing.length > 0) {
        const invisible = (name: string): string =>
          found.field(name) === undefined ? ' (not there, or not visible to this user)' : ''
        this.log(
          `\nMissing:\n${missing.map(({ field, right }) => `  ${field}:${right}${invisible(field)}`).join('\n')}`,
        )
        this.tell('→ Give the user the field permission in a permission set, or do without the field.', '  ')
        this.answerNo()
      } else if (wanted.length > 0) this.log('\nEverything required is there.')
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
