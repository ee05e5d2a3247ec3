import { writeFileSync } from 'node:fs'
import { boolean, integer, option, string } from '@oclif/core/flags'
import { KeyturnError, systemClock } from '@keyturn/tokens'
import { KeyturnCommand } from '../../keyturn-command.ts'
import { behaviours, reuseModes } from '../../rehearsal/behaviours.ts'
import { checkArguments } from '../../rehearsal/credentials.ts'
import { junitXml } from '../../rehearsal/junit.ts'
import { rehearse } from '../../rehearsal/rehearse.ts'
import type { Rehearsal } from '../../rehearsal/rehearse.ts'
import { reportText } from '../../rehearsal/report.ts'
import type { SettingFlags } from '../../settings.ts'
import { loadSimulator } from '../../sim/load-simulator.ts'

/** Where stdout is no terminal. */
const WIDE = 80
const ids = behaviours.map(({ id }) => id)

const write = (flag: string, file: string, content: string): void => {
  try {
    writeFileSync(file, content)
  } catch (error) {
    throw new KeyturnError('BAD_ARGUMENT', `${flag} cannot be written (${(error as NodeJS.ErrnoException).code ?? ''})`)
  }
}

export default class RehearseCommand extends KeyturnCommand {
  static override summary = 'Find out whether your own client survives refresh token rotation'
  static override description =
    'Starts a simulated org with refresh token rotation, runs your program against it through expiries, restarts, parallel copies, lost answers, kill -9 and refusals, and judges by what the server saw; what the program prints decides nothing. It finds the org in its environment (SF_LOGIN_URL, SF_CLIENT_ID, SF_CLIENT_SECRET, SF_REFRESH_TOKEN, …) and in placeholders of its arguments ({loginUrl}, {clientId}, …). One run is one job: a few API calls, then it ends. Exits with 0 when all behaviours pass, with 1 otherwise; what could not be shown counts as not passed.'
  static override examples = [
    {
      description: 'A program that makes a few API calls and ends',
      command: '<%= config.bin %> <%= command.id %> -- node sync.js',
    },
    {
      description: 'A server that stays; JUnit for the build, every request for yourself',
      command:
        '<%= config.bin %> <%= command.id %> --long-lived --junit rtr.xml --log wire.jsonl -- ./server --login {loginUrl}',
    },
    {
      description: 'Shown for a client of an app, so that `keyturn rtr` counts it as ready',
      command:
        '<%= config.bin %> <%= command.id %> --record app:ERP_Sync/jsforce/erp@acme.example --client-version 3.10.26 -- node sync.js',
    },
  ]
  static override usage = '<%= command.id %> [FLAGS] -- COMMAND [ARGUMENT…]'
  static override flags = {
    'long-lived': boolean({ description: 'The program stays and keeps calling; each run is ended with SIGTERM' }),
    copies: integer({ min: 2, max: 32, default: 4, helpValue: 'N', description: 'Copies that are started at once' }),
    timeout: integer({ min: 1, max: 3_600, default: 60, helpValue: 'SECONDS', description: 'Time limit of one run' }),
    jobs: integer({ min: 1, max: 16, default: 2, helpValue: 'N', description: 'Phases that go on at the same time' }),
    mode: option({ options: reuseModes, multiple: true })({
      helpValue: 'MODE',
      description: 'What a spent refresh token costs: documented kills the grant, lenient refuses it. Default: both',
    }),
    behaviour: option({ options: ids, multiple: true })({
      helpValue: 'BEHAVIOUR',
      description: `Only this behaviour: ${ids.join(', ')}. Default: all`,
    }),
    https: boolean({ description: 'HTTPS with a certificate made for it (NODE_EXTRA_CA_CERTS, SSL_CERT_FILE, …)' }),
    'in-folder': boolean({ description: 'Start the program in its own empty folder instead of this one' }),
    'allow-argv': boolean({ description: 'Allow secrets as placeholders in the arguments' }),
    'allow-inconclusive': boolean({ description: 'Exit with 0 also when a behaviour could not be shown' }),
    'show-output': boolean({ description: 'Show what the program prints, on stderr, without the secrets of the org' }),
    log: string({ helpValue: 'FILE', description: 'Write everything the server saw, one JSON object a line' }),
    junit: string({ helpValue: 'FILE', description: 'Write the verdicts as JUnit XML' }),
    record: string({
      helpValue: 'CLIENT',
      description: 'Remember the verdicts for this client, as `keyturn rtr` names it: APP/PROGRAM/USER, or …/*',
    }),
    'client-version': string({
      helpValue: 'VERSION',
      dependsOn: ['record'],
      description:
        'Version of the program, as the login history shows it: seen with another one, it is to be rehearsed again',
    }),
  }

  async run(): Promise<object> {
    // The words behind the dashes are not ours to parse: `--json` may be one of them.
    const dashes = this.argv.indexOf('--')
    const own = dashes === -1 ? this.argv : this.argv.slice(0, dashes)
    const [file, ...args] = dashes === -1 ? [] : this.argv.slice(dashes + 1)
    const { flags } = await this.parse(RehearseCommand, own)
    if (file === undefined || file === '')
      throw new KeyturnError('BAD_ARGUMENT', 'No program to rehearse', {
        fix: 'Write it after two dashes: `keyturn rehearse -- node sync.js`.',
      })
    checkArguments([file, ...args], flags['allow-argv'])
    // A store that can't be opened must not cost a whole rehearsal either.
    if (flags.record !== undefined) await this.checkRecord(flags.record, flags)
    // A file that can't be written must not cost a whole rehearsal.
    for (const name of ['log', 'junit'] as const) if (flags[name] !== undefined) write(`--${name}`, flags[name], '')
    const progress = this.progress()
    const rehearsal = await rehearse({
      file,
      args,
      cwd: process.cwd(),
      inFolder: flags['in-folder'],
      env: this.env,
      modes: flags.mode === undefined ? reuseModes : reuseModes.filter((mode) => flags.mode?.includes(mode)),
      only: flags.behaviour ?? ids,
      copies: flags.copies,
      longLived: flags['long-lived'],
      https: flags.https,
      limit: flags.timeout * 1_000,
      jobs: flags.jobs,
      clock: systemClock,
      startOrgs: await loadSimulator(),
      say: (text) => progress.say(text),
      leave: () => progress.done(),
      show: flags['show-output'] ? (line) => void process.stderr.write(`  │ ${line}\n`) : null,
    }).finally(() => progress.done())
    if (flags.record !== undefined) await this.record(flags.record, rehearsal, flags)
    return this.conclude(rehearsal, flags)
  }

  private async checkRecord(client: string, flags: SettingFlags): Promise<void> {
    const { requireClient } = await import('../../posture/rtr/proof-records.ts')
    requireClient(client)
    await this.withKeyturn(flags, () => Promise.resolve())
  }

  private async record(
    client: string,
    { findings }: Rehearsal,
    flags: SettingFlags & { readonly 'client-version'?: string | undefined },
  ): Promise<void> {
    const [{ recordRehearsal }, { commitmentsOf }, { ownVersion }] = await Promise.all([
      import('../../posture/rtr/proof-records.ts'),
      import('../../ledger-commitment.ts'),
      import('../../own-version.ts'),
    ])
    const rehearsed = {
      client,
      at: systemClock.wall(),
      version: flags['client-version'] ?? null,
      keyturn: ownVersion(),
      verdicts: Object.fromEntries(findings.map(({ id, verdict }) => [id, verdict])),
      whole: ids.every((id) =>
        reuseModes.every((mode) => findings.some((one) => one.id === id && one.modes.some((ran) => ran.mode === mode))),
      ),
    }
    await this.withKeyturn(flags, ({ store }) => recordRehearsal(store, rehearsed, commitmentsOf(store)))
  }

  private conclude(
    rehearsal: Rehearsal,
    flags: {
      readonly log?: string | undefined
      readonly junit?: string | undefined
      readonly 'allow-inconclusive': boolean
    },
  ): object {
    const { findings, profile, log } = rehearsal
    const allowed = flags['allow-inconclusive']
    if (flags.log !== undefined) write('--log', flags.log, log.map((event) => `${JSON.stringify(event)}\n`).join(''))
    if (flags.junit !== undefined) write('--junit', flags.junit, junitXml(rehearsal, allowed))
    const ok = findings.every(({ verdict }) => verdict === 'pass' || (verdict === 'inconclusive' && allowed))
    if (!ok) this.answerNo()
    this.log(reportText(rehearsal, { paint: this.paint, width: this.width ?? WIDE, log: flags.log ?? null }))
    return { ok, profile, behaviours: findings }
  }
}
