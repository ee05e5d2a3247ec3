import { string as argument } from '@oclif/core/args'
import { boolean, string } from '@oclif/core/flags'
import { KeyturnError } from '@keyturn/tokens'
import { ChangeCommand } from '../../../change/change-command.ts'
import { changeExit, changeJson, restrictingFlags } from '../../../change/change-flow.ts'
import type { ChangeFlags } from '../../../change/change-flow.ts'
import { readDuration } from '../../../config/duration.ts'
import type { Json } from '../../../keyturn-command.ts'
import type { SwitchRecord } from '../../../posture/rtr/switch-records.ts'
import type { WatchState } from '../../../posture/rtr/watch.ts'
import type { Switching } from '../../../rtr/rtr-switch.ts'

interface Flags extends ChangeFlags {
  readonly scan?: readonly string[] | undefined
  readonly watch?: string | undefined
  readonly every: string
  readonly 'roll-back-on-failure': boolean
}

const milliseconds = (flag: string, text: string): number => {
  const read = readDuration(text)
  if (read !== null && read > 0) return read
  throw new KeyturnError('BAD_ARGUMENT', `${flag} is no duration`, { fix: 'Write 10m, 24h or 3d.' })
}

export default class RtrEnableCommand extends ChangeCommand {
  static override summary = 'Switch Refresh Token Rotation of an app on: checked, agreed to, verified, watched'
  static override description =
    'Refuses while one client of the app isn’t ready, or while anything that would show its clients can’t be read; --cut-off-anyway REASON goes on, and the ledger keeps that. Shows the change as a diff, lets the org check it (check-only deployment), asks, deploys, reads back, and with --watch looks at the login history and at tokens that vanish. Whoever drops the new token dies at the second refresh, so watch for longer than two lives of a session. Whether rotation can be switched off again is not certain: an org may have locked its OAuth controls, and the makers of partner apps may not. Exit codes: 0 done, or a dry run that would go through; 1 the answer is no (clients are in the way, not confirmed, a client died); others are errors (docs/errors.md).'
  static override examples = [
    {
      description: 'See what would happen',
      command: '<%= config.bin %> <%= command.id %> acme app:ERP_Sync --dry-run',
    },
    {
      description: 'Switch it on, and back off again when a client dies within a day',
      command: '<%= config.bin %> <%= command.id %> acme app:ERP_Sync --watch 24h --roll-back-on-failure',
    },
    {
      description: 'Although a client is not ready',
      command: '<%= config.bin %> <%= command.id %> acme app:ERP_Sync --cut-off-anyway "the old intranet is gone"',
    },
  ]
  static override args = {
    name: argument({ required: true, description: 'Name of the grant whose user looks and changes' }),
    app: argument({ required: true, description: 'The app, as `keyturn rtr` names it' }),
  }
  static override flags = {
    ...restrictingFlags,
    scan: string({
      multiple: true,
      multipleNonGreedy: true,
      helpValue: 'CLIENT=PATH',
      description: 'The repository of a client, as evidence',
    }),
    watch: string({ helpValue: 'SPAN', description: 'Afterwards look at its clients for so long: 10m, 24h, 3d' }),
    every: string({ default: '1m', helpValue: 'SPAN', description: 'How often to look' }),
    'roll-back-on-failure': boolean({
      dependsOn: ['watch'],
      description: 'Switch it off again as soon as a client is refused or loses its tokens',
    }),
  }

  async run(): Promise<Json> {
    const { args, flags } = await this.parse(RtrEnableCommand)
    const watchFor = flags.watch === undefined ? null : milliseconds('--watch', flags.watch)
    const every = milliseconds('--every', flags.every)
    const [{ appNamed, readRtr }, { switchOn }] = await Promise.all([
      import('../../../rtr/rtr-opened.ts'),
      import('../../../rtr/rtr-switch.ts'),
    ])
    return this.changing(args.name, flags, async (changing) => {
      const { keyturn, org, tell } = changing
      const words = { bin: this.bin, grant: args.name }
      const { snapshot, plan } = await readRtr(keyturn, org, { scan: flags.scan ?? [], words, days: 90, tell })
      const app = appNamed(plan, args.app)
      const switching = { ...changing, snapshot, app }
      const { out, record } = await switchOn(switching)
      if (out !== null) process.exitCode = changeExit(out)
      if (out?.is === 'needs-override' || (out?.is === 'dry-run' && out.needsOverride)) {
        for (const step of app.steps) this.tell(`→ ${step}`, '  ')
      }
      const found = { org: snapshot.org, app: app.subject, readiness: app.readiness, why: app.why }
      const change = out === null ? { outcome: 'nothing-to-do' } : changeJson(out)
      if (record === null || watchFor === null || flags['dry-run'])
        return { ...found, ...change, watch: null, rolledBack: null }
      return { ...found, ...change, ...(await this.watch(switching, record, { flags, watchFor, every })) }
    })
  }

  private async watch(
    switching: Switching,
    record: SwitchRecord,
    { flags, watchFor, every }: { readonly flags: Flags; readonly watchFor: number; readonly every: number },
  ): Promise<Json> {
    const [{ switchOff, watchSwitch }, { watchLine, watchLines }] = await Promise.all([
      import('../../../rtr/rtr-switch.ts'),
      import('../../../rtr/rtr-screen.ts'),
    ])
    const ended = new AbortController()
    const end = (): void => ended.abort()
    process.once('SIGINT', end).once('SIGTERM', end)
    let state: WatchState
    try {
      let last = ''
      const told = (one: WatchState): void => {
        const line = watchLine(one)
        // A day of looks is a line for each change, and not one for each minute.
        if (line !== last) switching.tell(`${new Date(one.at).toISOString().slice(11, 19)} ${line}`)
        last = line
      }
      state = await watchSwitch(switching, record, { forMs: watchFor, every, signal: ended.signal, told })
    } finally {
      process.off('SIGINT', end).off('SIGTERM', end)
    }
    for (const line of watchLines(state, { paint: this.paint, width: this.width })) switching.log(line)
    if (!state.failed) return { watch: state, rolledBack: null }
    this.answerNo()
    if (!flags['roll-back-on-failure']) {
      const { grant } = switching.org
      this.tell(`→ Switch it off again with \`${this.bin} rtr roll-back ${grant} ${switching.app.subject}\`.`, '  ')
      return { watch: state, rolledBack: null }
    }
    // Agreed to with the flag: a client that dies at night waits for nobody.
    const agreed = { yes: true, 'dry-run': false }
    const out = await switchOff({ ...switching, flags: agreed })
    if (out.is !== 'applied' && out.is !== 'nothing-to-do')
      this.tell(
        '→ It can’t be switched off from here: where OAuth controls are locked only Salesforce Support does that.',
      )
    return { watch: state, rolledBack: changeJson(out) }
  }
}
