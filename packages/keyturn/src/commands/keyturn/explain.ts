import { string as argument } from '@oclif/core/args'
import { boolean, string } from '@oclif/core/flags'
import { errorTable, exitCodes, KeyturnError, systemClock } from '@keyturn/tokens'
import type { ErrorCode } from '@keyturn/tokens'
import type { AppAccess } from '../../explain/app-access.ts'
import type { Check } from '../../explain/check.ts'
import { explainAny } from '../../explain/explain.ts'
import { places } from '../../explain/explanation.ts'
import type { Explanation } from '../../explain/explanation.ts'
import { findErrors } from '../../explain/find-errors.ts'
import type { FoundError } from '../../explain/find-errors.ts'
import { ownCauses } from '../../explain/own-errors.ts'
import { salesforceErrors } from '../../explain/salesforce-errors.ts'
import { KeyturnCommand } from '../../keyturn-command.ts'
import type { Json } from '../../keyturn-command.ts'
import { shownText } from '../../posture/audit/shown-text.ts'
import type { SettingFlags } from '../../settings.ts'

const isOwn = (code: string): code is ErrorCode => Object.hasOwn(errorTable, code)

const once = { count: 1, first: 1, last: 1 } as const
const ownError = (keyturn: ErrorCode): FoundError => ({ salesforce: [], keyturn, ...once })

/** A code whose text says nothing more may be many things: the first of them are shown. */
const mostRows = 8

export default class ExplainCommand extends KeyturnCommand {
  static override summary = 'Say what an error means and what to do, or why an app is kept out of an org'
  static override description =
    'Takes a code, a message, a whole answer of Salesforce, a status of Login History, or - and a log of any length on stdin: then each different error is told once, with how often it occurs and on which lines. Nothing of the text is repeated, because it may hold a token. With --app: what the platform asks of that app, in its order, and what says no. Exits with 1 when nothing is known.'
  static override examples = [
    { description: 'A code', command: '<%= config.bin %> <%= command.id %> invalid_client_id' },
    { description: 'A message', command: '<%= config.bin %> <%= command.id %> "expired access/refresh token"' },
    { description: 'A whole answer', command: 'curl … | <%= config.bin %> <%= command.id %> -' },
    { description: 'A log', command: '<%= config.bin %> <%= command.id %> - < sync.log' },
    {
      description: 'Why an app is kept out',
      command: '<%= config.bin %> <%= command.id %> --app Nightly_Sync --user etl@acme.example --grant acme',
    },
  ]
  static override args = { text: argument({ description: 'Code or message; - for stdin' }) }
  static override flags = {
    list: boolean({ exclusive: ['app'], description: 'Everything that is known' }),
    app: string({ helpValue: 'APP', description: 'Why this app is kept out: its name or label' }),
    grant: string({ helpValue: 'NAME', description: 'With --app: the grant whose user looks' }),
    user: string({ helpValue: 'USERNAME', description: 'With --app: the user it would act as' }),
    snapshot: string({
      helpValue: 'FILE',
      description: 'With --app: what `keyturn audit --save` kept, instead of an org',
    }),
    address: string({ helpValue: 'ADDRESS', description: 'With --app: where it would come from' }),
  }

  async run(): Promise<Json> {
    const { args, flags } = await this.parse(ExplainCommand)
    if (flags.app !== undefined) return this.app({ ...flags, app: flags.app }, args.text)
    if ([flags.grant, flags.user, flags.snapshot, flags.address].some((one) => one !== undefined))
      throw new KeyturnError('BAD_ARGUMENT', '--grant, --user, --snapshot and --address go with --app')
    if (flags.list && args.text !== undefined)
      throw new KeyturnError('BAD_ARGUMENT', 'An error and --list exclude each other')
    if (flags.list)
      return this.show(
        [
          ...Object.keys(errorTable).filter(isOwn).map(ownError),
          ...salesforceErrors.map((row) => ({ salesforce: [row], keyturn: null, ...once })),
        ],
        false,
      )
    if (args.text === undefined)
      throw new KeyturnError('BAD_ARGUMENT', 'Nothing to explain', {
        fix: 'Give a code or a message, - for stdin, --list, or --app.',
      })
    if (args.text !== '-') return this.show(await this.given(args.text), false)
    process.stdin.setEncoding('utf8')
    return this.show(await findErrors(process.stdin as AsyncIterable<string>), true)
  }

  /** An argument is about one error: where nothing is found in it as in a log, whatever it may mean counts. */
  private async given(text: string): Promise<readonly FoundError[]> {
    const own = text.trim().toUpperCase()
    if (isOwn(own)) return [ownError(own)]
    const found = await findErrors([text])
    if (found.length > 0) return found
    const salesforce = explainAny(text)
    return salesforce.length === 0 ? [] : [{ salesforce, keyturn: null, ...once }]
  }

  private show(errors: readonly FoundError[], counted: boolean): Json {
    for (const { keyturn, salesforce, count, first, last } of errors) {
      if (counted)
        this.log(
          this.paint(
            'dim',
            count === 1 ? `Line ${first}` : `${count.toLocaleString('en')} lines, from ${first} to ${last}`,
          ),
        )
      if (keyturn !== null) {
        const { kind, retry, fix } = errorTable[keyturn]
        this.log(`${this.paint('bold', keyturn)} (Keyturn, ${kind}, exit code ${exitCodes[kind]}, retry: ${retry})`)
        this.tell(`  ${ownCauses[keyturn]}`)
        this.tell(`  → ${fix}\n`, '  ')
      }
      if (salesforce.length > 1) this.tell('One of these; the text of the answer says which:\n')
      for (const row of salesforce.slice(0, mostRows)) this.row(row)
      if (salesforce.length > mostRows) this.tell(`… and ${salesforce.length - mostRows} more: give the text, too.\n`)
    }
    if (errors.length === 0) {
      this.log(`No error that is known was found. \`${this.bin} explain --list\` shows everything that is.`)
      this.answerNo()
    }
    return {
      errors,
      keyturn: errors.flatMap(({ keyturn }) =>
        keyturn === null ? [] : [{ code: keyturn, cause: ownCauses[keyturn], ...errorTable[keyturn] }],
      ),
      salesforce: errors.flatMap(({ salesforce }) => salesforce),
    }
  }

  private row({ where, code, text, status, certainty, cause, evidence, next }: Explanation): void {
    this.log(
      `${this.paint('bold', text === null ? code : `${code} · ${text}`)} (${places[where]}${status === null ? '' : `, HTTP ${status}`}, ${certainty})`,
    )
    this.tell(`  ${cause}`)
    this.tell(`  Look here: ${evidence}`)
    this.tell(`  → ${next}\n`, '  ')
  }

  private async app(
    flags: SettingFlags & {
      readonly app: string
      readonly grant?: string | undefined
      readonly user?: string | undefined
      readonly snapshot?: string | undefined
      readonly address?: string | undefined
    },
    text: string | undefined,
  ): Promise<Json> {
    if (text !== undefined) throw new KeyturnError('BAD_ARGUMENT', 'An error and --app exclude each other')
    if ((flags.grant === undefined) === (flags.snapshot === undefined))
      throw new KeyturnError('BAD_ARGUMENT', 'Which org?', {
        fix: 'Name a grant with --grant (`keyturn grants`), or a file with --snapshot.',
      })
    const [{ accessFamilies, accessSettings, appAccess }, { observed }] = await Promise.all([
      import('../../explain/app-access.ts'),
      import('../../audit/observed.ts'),
    ])
    const progress = this.progress()
    try {
      const snapshot = await observed({
        from: flags.snapshot === undefined ? { grant: flags.grant ?? '' } : { file: flags.snapshot },
        families: accessFamilies,
        settings: accessSettings,
        clock: systemClock,
        tell: (said) => progress.say(said),
        withKeyturn: (work) => this.withKeyturn(flags, work),
      })
      progress.done()
      const access = appAccess(
        { app: flags.app, user: flags.user ?? null, address: flags.address ?? null },
        snapshot.facts,
      )
      this.showAccess(access)
      if (access.verdict === 'unknown' && access.checks.every(({ answer }) => answer === 'unknown')) this.answerNo()
      return { takenAt: snapshot.takenAt, org: snapshot.org, ...access }
    } finally {
      progress.done()
    }
  }

  private showAccess({ app, user, why, verdict, checks }: AppAccess): void {
    const marks: Readonly<Record<Check['answer'], string>> = {
      yes: this.paint('green', '✓'),
      no: this.paint('red', '✗'),
      unknown: this.paint('yellow', '?'),
      'does-not-matter': '·',
    }
    const heads = { blocked: 'is kept out', unknown: 'may be kept out', 'nothing-found': 'is let in' } as const
    this.tell(
      `${shownText(app)} ${heads[verdict]}${user === null ? '' : ` as ${shownText(user)}`}: ${shownText(why, 2_000)}\n`,
    )
    for (const { question, answer, evidence, next } of checks) {
      this.tell(`${marks[answer]} ${question} ${shownText(evidence, 2_000)}`, '  ')
      if (next !== null) this.tell(`  → ${shownText(next, 2_000)}`, '    ')
    }
  }
}
