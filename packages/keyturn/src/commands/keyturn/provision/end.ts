import { string as argument } from '@oclif/core/args'
import { boolean } from '@oclif/core/flags'
import { KeyturnError, systemClock } from '@keyturn/tokens'
import { ChangeCommand } from '../../../change/change-command.ts'
import { changeExit, changeJson, restrictingFlags } from '../../../change/change-flow.ts'
import type { Json } from '../../../keyturn-command.ts'
import { exitCodeOf } from '../../../output/error-text.ts'
import { terminalText } from '../../../output/terminal-text.ts'

export default class ProvisionEndCommand extends ChangeCommand {
  static override summary = 'Take back a field or an address that was given'
  static override description =
    'By its id, or all that is over. It goes back to what it was before; what somebody gave meanwhile stays. For an address, who still comes from there is listed first.'
  static override examples = [
    { description: 'One', command: '<%= config.bin %> <%= command.id %> 3f2a9c1e' },
    { description: 'All that is over, from a job', command: '<%= config.bin %> <%= command.id %> --expired --yes' },
  ]
  static override args = { id: argument({ description: 'Id, or its beginning (`keyturn provision list`)' }) }
  static override flags = {
    expired: boolean({ description: 'All that was lent until a day that is over' }),
    ...restrictingFlags,
  }

  async run(): Promise<Json> {
    const { args, flags } = await this.parse(ProvisionEndCommand)
    const { id } = args
    if ((id === undefined) !== (flags.expired === true))
      throw new KeyturnError(
        'BAD_ARGUMENT',
        id === undefined ? 'Which one?' : 'An id and --expired exclude each other',
        {
          fix: 'Name an id, or say --expired.',
        },
      )
    const [{ carryOf }, { endWidening }, { findWidening, isExpired, itemText, listWidenings }] = await Promise.all([
      import('../../../provision/provision-opened.ts'),
      import('../../../posture/provision/widen.ts'),
      import('../../../posture/provision/widening.ts'),
    ])
    return this.withKeyturn(flags, async (keyturn, settings) => {
      const { records } = keyturn.store
      const now = systemClock.wall()
      const found =
        id === undefined
          ? (await listWidenings(records)).filter(({ widening }) => isExpired(widening, now))
          : [await findWidening(records, id)]
      if (found.length === 0) this.log('Nothing that was lent is over.')
      const ended: Json[] = []
      const codes: number[] = []
      for (const one of found) {
        const { grant, item, state } = one.widening
        if (state === 'ended') {
          this.log(terminalText(`${itemText(item)} was taken back already`))
          continue
        }
        let carried
        try {
          carried = await this.changingOrg({ keyturn, settings }, grant, flags, (changing) => {
            const carry = carryOf(changing, { verb: 'provision', data: { what: 'end' } })
            return endWidening({ org: changing.org, records: changing.keyturn.store.records, carry, now }, one)
          })
        } catch (error) {
          // One that can't be taken back is no reason to leave the others.
          if (found.length === 1 || !(error instanceof KeyturnError)) throw error
          this.log(`${this.paint('red', '✗')} ${terminalText(`${itemText(item)}: ${error.message}. ${error.fix}`)}`)
          codes.push(exitCodeOf(error))
          ended.push({ id: one.id, what: itemText(item), error: error.toJSON() })
          continue
        }
        codes.push(changeExit(carried))
        ended.push({ id: one.id, what: itemText(item), change: changeJson(carried) })
      }
      process.exitCode = Math.max(0, ...codes)
      return { ended }
    })
  }
}
