/**
 * What commands share that change an org: the org of a grant, a progress line that gives way to what is said, and whether
 * somebody sits there who can be asked.
 */
import { systemClock } from '@keyturn/tokens'
import type { ChangeFlags, ChangeFlow } from './change-flow.ts'
import { KeyturnCommand } from '../keyturn-command.ts'
import { operatorName } from '../operator-name.ts'
import type { SettingFlags, Settings } from '../settings.ts'
import { signedBy } from '../signed-records.ts'

/** Of a change, all that the command line and the grant decide. */
export type Changing = Pick<
  ChangeFlow,
  'keyturn' | 'org' | 'flags' | 'clock' | 'attended' | 'screen' | 'log' | 'tell'
> & { readonly settings: Settings }

export abstract class ChangeCommand extends KeyturnCommand {
  protected changing<T>(
    grant: string,
    flags: SettingFlags & ChangeFlags,
    work: (changing: Changing) => Promise<T>,
  ): Promise<T> {
    return this.withKeyturn(flags, (keyturn, settings) => this.changingOrg({ keyturn, settings }, grant, flags, work))
  }

  protected async changingOrg<T>(
    { keyturn, settings }: Pick<Changing, 'keyturn' | 'settings'>,
    grant: string,
    flags: ChangeFlags,
    work: (changing: Changing) => Promise<T>,
  ): Promise<T> {
    const { orgConnection } = await import('../org/connection.ts')
    const progress = this.progress()
    try {
      return await work({
        ...{ settings, flags },
        keyturn: signedBy(operatorName(), keyturn),
        org: orgConnection(keyturn, grant),
        clock: systemClock,
        // What is asked about is shown on stdout: in a file nobody would have seen it.
        attended: process.stdin.isTTY && process.stdout.isTTY && !this.jsonEnabled(),
        screen: { paint: this.paint, width: this.width, now: systemClock.wall(), bin: this.bin },
        log: (text) => {
          progress.done()
          this.log(text)
        },
        tell: (text) => progress.say(text),
      })
    } finally {
      progress.done()
    }
  }
}
