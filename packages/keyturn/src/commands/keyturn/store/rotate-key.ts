import { string } from '@oclif/core/flags'
import { KeyturnError } from '@keyturn/tokens'
import { makeKey } from '../../../config/starter.ts'
import { isReference } from '../../../connect/secret-input.ts'
import { KeyturnCommand } from '../../../keyturn-command.ts'
import type { Json } from '../../../keyturn-command.ts'
import { operatorOptions } from '../../../maintenance/operator.ts'
import { keyForms } from '../../../reference.ts'
import { requireStore, resolversOf } from '../../../settings.ts'

export default class StoreRotateKeyCommand extends KeyturnCommand {
  static override summary = 'Seal the store with another master key'
  static override description =
    'Wraps every key of the store anew in one transaction. A file: that does not exist yet is made. Processes that run with the old key stop with KEY_WRONG: give them the new one. Old backups still need the old key.'
  static override examples = [
    { description: 'A new key file', command: '<%= config.bin %> <%= command.id %> --to file:./keyturn-2027.key' },
    {
      description: 'A key from a password manager',
      command: '<%= config.bin %> <%= command.id %> --to "command:op read op://infra/keyturn/key-2027"',
    },
  ]
  static override flags = {
    to: string({
      required: true,
      helpValue: 'REFERENCE',
      description: `Where the new key is: ${keyForms}`,
    }),
  }

  async run(): Promise<Json> {
    const { flags } = await this.parse(StoreRotateKeyCommand)
    if (!isReference(flags.to)) {
      throw new KeyturnError('BAD_ARGUMENT', '--to is no reference', {
        fix: `Write ${keyForms}. A key typed here may be in your shell history: do not use it.`,
      })
    }
    const settings = await this.settings(flags)
    requireStore(settings)
    const options = await operatorOptions(settings)
    const { resolveMasterKey, rotateMasterKey } = await import('@keyturn/tokens/maintenance')
    const made = makeKey(flags.to, null)
    const next = await resolveMasterKey(flags.to, this.env, resolversOf(settings))
    if (Buffer.from(next).equals(Buffer.from(options.masterKey))) {
      throw new KeyturnError('BAD_ARGUMENT', `${flags.to} holds the key the store has`, { fix: 'Name another place.' })
    }
    const rotated = await rotateMasterKey(settings.store.value, next, options)
    this.log(
      `${rotated.keys} keys are wrapped anew${made.did === 'made' ? `; ${made.where} is new` : ''}.\nNow in keyturn.yaml:  masterKey: ${flags.to}\nKeep the old key as long as a backup needs it.`,
    )
    return { to: flags.to, made: made.did === 'made', keys: rotated.keys, fromKeyId: rotated.from, toKeyId: rotated.to }
  }
}
