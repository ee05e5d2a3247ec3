import { string as argument } from '@oclif/core/args'
import { string } from '@oclif/core/flags'
import { KeyturnError } from '@keyturn/tokens'
import type { Secret } from '@keyturn/tokens'
import { referenceOf } from '../../../connect/secret-input.ts'
import { KeyturnCommand } from '../../../keyturn-command.ts'
import type { Json } from '../../../keyturn-command.ts'
import { operatorName } from '../../../operator-name.ts'
import { currentVersion } from '../../../rotation/credential.ts'
import { resolversOf } from '../../../settings.ts'

export default class CredentialsAdoptCommand extends KeyturnCommand {
  static override summary = 'Keep the value that is in use now as the first version'
  static override description =
    'So that a rotation that fails can put it back where it was. It is read from the org where that is possible; else say where each field is. Nothing changes in the org.'
  static override examples = [
    { description: 'As the org shows it', command: '<%= config.bin %> <%= command.id %> erp' },
    {
      description: 'As it is in the environment',
      command:
        '<%= config.bin %> <%= command.id %> erp --field password=env:SF_PASSWORD --field securityToken=env:SF_SECURITY_TOKEN',
    },
  ]
  static override args = { name: argument({ required: true, description: 'Name of the credential in keyturn.yaml' }) }
  static override flags = {
    field: string({
      multiple: true,
      helpValue: 'NAME=REFERENCE',
      description: 'Where a field of it is: env:NAME, file:PATH, command:…',
    }),
  }

  async run(): Promise<Json> {
    const { args, flags } = await this.parse(CredentialsAdoptCommand)
    return this.withKeyturn(flags, async (keyturn, settings) => {
      const [{ withRotation }, { resolveReference }] = await Promise.all([
        import('../../../wiring/rotation-opened.ts'),
        import('@keyturn/tokens/maintenance'),
      ])
      return withRotation(keyturn, settings, async (rotation) => {
        const { fields, kind } = await rotation.rotatorOf(args.name)
        const given: Record<string, Secret> = {}
        for (const one of flags.field ?? []) {
          const [, name, reference] = /^(\w+)=(.+)$/s.exec(one) ?? []
          if (name === undefined || reference === undefined || !fields.includes(name)) {
            throw new KeyturnError('BAD_ARGUMENT', `--field names no field of ${kind}`, {
              fix: `Write NAME=REFERENCE with one of: ${fields.join(', ')}.`,
            })
          }
          const found = referenceOf('field', reference).reference
          given[name] = await resolveReference(found, settings.env, resolversOf(settings))
        }
        const adopted = await rotation.adopt(args.name, operatorName(), flags.field === undefined ? undefined : given)
        const version = currentVersion(adopted)
        this.tell(`Version ${version?.n ?? '?'} of ${args.name} is kept: ${version?.fields.join(', ') ?? 'nothing'}.`)
        return { credential: args.name, version: version?.n ?? null, fields: version?.fields ?? [] }
      })
    })
  }
}
