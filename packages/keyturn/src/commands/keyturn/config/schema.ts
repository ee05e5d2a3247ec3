import { KeyturnCommand } from '../../../keyturn-command.ts'

export default class ConfigSchemaCommand extends KeyturnCommand {
  static override summary = 'Print the JSON Schema of keyturn.yaml'
  static override description =
    'For editors: save it beside the file and name it in a first line: # yaml-language-server: $schema=keyturn.schema.json'
  static override examples = [
    { description: 'Save it for the editor', command: '<%= config.bin %> <%= command.id %> > keyturn.schema.json' },
    { description: 'The same as a program asks', command: '<%= config.bin %> <%= command.id %> --json' },
  ]

  async run(): Promise<object> {
    await this.parse(ConfigSchemaCommand)
    const { configJsonSchema } = await import('../../../config/schema.ts')
    const schema = configJsonSchema()
    this.log(JSON.stringify(schema, null, 2))
    return schema
  }
}
