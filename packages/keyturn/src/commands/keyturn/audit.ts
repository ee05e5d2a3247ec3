import { resolve } from 'node:path'
import { string as argument } from '@oclif/core/args'
import { boolean, integer, option, string } from '@oclif/core/flags'
import { KeyturnError, systemClock } from '@keyturn/tokens'
import { KeyturnCommand } from '../../keyturn-command.ts'
import type { Json } from '../../keyturn-command.ts'
import { table } from '../../output/table.ts'
import { formatNames } from '../../posture/audit/formats/format.ts'
import type { FormatName } from '../../posture/audit/formats/format.ts'
import { jsonText } from '../../posture/audit/formats/json-text.ts'
import type { Preflight } from '../../posture/audit/preflight.ts'
import { severities } from '../../posture/audit/result.ts'
import { counted, shownText } from '../../posture/audit/shown-text.ts'
import { profileNames } from '../../posture/control.ts'
import type { ProfileName } from '../../posture/control.ts'
import { familyWords } from '../../posture/family-words.ts'
import type { SettingFlags } from '../../settings.ts'

const nextSteps = (bin: string, name: string): string =>
  [
    '',
    `→ What can be mended from here, and who would be cut off by it: \`${bin} fix ${name}\``,
    `→ As a page for those who decide: \`${bin} audit ${name} --format html --output posture.html\``,
  ].join('\n')

interface Flags extends SettingFlags {
  readonly snapshot?: string | undefined
  readonly save?: string | undefined
  readonly compare?: readonly string[] | undefined
  readonly waivers?: string | undefined
}

export default class AuditCommand extends KeyturnCommand {
  static override summary =
    'Judge how an org is configured: what is wrong, how it is put right, and what nobody can tell'
  static override description =
    'Reads the org as the user of the grant and changes nothing. What can’t be read is unknown and never passes; --preflight says beforehand what that will be. Exit codes: 0 nothing of --fail-on or worse; 1 findings of it; 9 inconclusive, with --fail-on-unknown; others are errors (docs/errors.md). Each audit of an org leaves an entry in the ledger: counts, and the hash of what was read.'
  static override examples = [
    { description: 'On the terminal', command: '<%= config.bin %> <%= command.id %> acme' },
    {
      description: 'For a build: SARIF and a page for people, red where something critical was found',
      command:
        '<%= config.bin %> <%= command.id %> acme --format sarif --format html --output posture --fail-on critical',
    },
    {
      description: 'What was read is kept, and judged again later without the org',
      command: '<%= config.bin %> <%= command.id %> --snapshot monday.json --profile strict',
    },
    {
      description: 'What changed since',
      command: '<%= config.bin %> <%= command.id %> acme --compare monday.json --save friday.json',
    },
  ]
  static override args = {
    name: argument({ description: 'Name of the grant whose user looks; not with --snapshot' }),
  }
  static override flags = {
    profile: option({ options: profileNames })({
      default: 'baseline',
      helpValue: 'PROFILE',
      description: `What is asked, and how strictly: ${profileNames.join(', ')}`,
    }),
    format: option({ options: formatNames, multiple: true, multipleNonGreedy: true })({
      helpValue: 'FORMAT',
      description: `${formatNames.join(', ')}; more than one with --output. Default: table`,
    }),
    output: string({
      char: 'o',
      helpValue: 'FILE',
      description: 'Where the report goes; of several formats, the name before their endings',
    }),
    snapshot: string({ helpValue: 'FILE', description: 'Judge what was read earlier instead of an org' }),
    save: string({ helpValue: 'FILE', description: 'Keep what was read, to be judged or compared later' }),
    compare: string({
      multiple: true,
      multipleNonGreedy: true,
      helpValue: 'FILE',
      description: 'An earlier snapshot: what is new, mended, out of sight; several for a longer trend',
    }),
    waivers: string({ helpValue: 'FILE', description: 'More waivers than those of keyturn.yaml' }),
    only: string({
      multiple: true,
      multipleNonGreedy: true,
      helpValue: 'CONTROL',
      description: 'These controls of the profile alone',
    }),
    'fail-on': option({ options: [...severities, 'never'] as const })({
      default: 'high',
      helpValue: 'SEVERITY',
      description: `Findings from which on the exit code is 1: ${severities.join(', ')} or never`,
    }),
    'fail-on-unknown': boolean({
      description: 'The exit code is 9 when something of that severity could not be judged, and nothing was found',
    }),
    memory: integer({
      min: 64,
      helpValue: 'MB',
      description: 'How large the heap of the audit may grow; more is needed for very large orgs',
    }),
    preflight: boolean({ description: 'Only say what this user will not be able to see' }),
  }

  async run(): Promise<Json | null> {
    const { args, flags } = await this.parse(AuditCommand)
    const formats = [...new Set(flags.format ?? ['table' as const])]
    this.check(args.name, flags, formats)
    if (flags.preflight) return this.preflight(args.name ?? '', flags, flags)
    const { auditInThread, usualMegabytes } = await import('../../audit/audit-thread.ts')
    const { snapshot, output, save, waivers } = flags
    const place = (path: string | undefined): string | null => (path === undefined ? null : resolve(path))
    const progress = this.progress()
    const { outcome } = await auditInThread(
      {
        of:
          snapshot === undefined ? { is: 'org', grant: args.name ?? '' } : { is: 'snapshot', path: resolve(snapshot) },
        cwd: process.cwd(),
        megabytes: flags.memory ?? usualMegabytes(),
        settings: { store: flags.store, key: flags.key, config: flags.config },
        profile: flags.profile,
        only: flags.only ?? [],
        save: place(save),
        compare: (flags.compare ?? []).map((path) => resolve(path)),
        waivers: place(waivers),
        formats,
        output: place(output),
        json: this.jsonEnabled(),
        screen: { isTTY: process.stdout.isTTY, width: this.width ?? null },
        failOn: flags['fail-on'] === 'never' ? null : flags['fail-on'],
        failOnUnknown: flags['fail-on-unknown'],
      },
      {
        tell: (text) => progress.say(text),
        print: (text) => {
          progress.done()
          process.stdout.write(text)
        },
      },
    ).finally(() => progress.done())
    if (outcome.exit === 1 && args.name !== undefined && output === undefined && formats.join() === 'table') {
      if (!this.jsonEnabled()) this.tell(nextSteps(this.bin, args.name))
    }
    if (outcome.is === 'inconclusive' && !this.jsonEnabled())
      this.logToStderr(`Inconclusive: ${counted(outcome.unknown, 'control')} could not be judged.`)
    process.exitCode = outcome.exit
    return null
  }

  /** A report was printed as it came. */
  override logJson(json: unknown): void {
    if (json !== null) process.stdout.write(jsonText(json))
  }

  private check(
    name: string | undefined,
    flags: Flags & { readonly output?: string | undefined; readonly preflight: boolean },
    formats: readonly FormatName[],
  ): void {
    const wrong = (text: string, fix: string): KeyturnError => new KeyturnError('BAD_ARGUMENT', text, { fix })
    if ((name === undefined) === (flags.snapshot === undefined))
      throw wrong(
        name === undefined ? 'Which org?' : 'A grant and --snapshot exclude each other',
        'Name a grant (`keyturn grants`), or a file with --snapshot.',
      )
    if (flags.snapshot !== undefined && (flags.preflight || flags.save !== undefined))
      throw wrong('--preflight and --save are for an org, not for a snapshot', 'Name a grant instead of --snapshot.')
    if (formats.length > 1 && flags.output === undefined)
      throw wrong('Several formats can’t share stdout', 'Add --output NAME: each format gets its ending.')
    if (flags.output !== undefined && this.jsonEnabled() && formats.length === 1 && formats[0] === 'table')
      throw wrong('--json writes to stdout', 'For a file use --format json --output FILE.')
  }

  private preflight(
    name: string,
    flags: SettingFlags,
    { profile, only = [] }: { readonly profile: ProfileName; readonly only?: readonly string[] | undefined },
  ): Promise<Json> {
    return this.withKeyturn(flags, async (keyturn) => {
      const [{ preflight }, { orgConnection }, { allControls }, { choose }] = await Promise.all([
        import('../../posture/audit/preflight.ts'),
        import('../../org/connection.ts'),
        import('../../posture/controls/registry.ts'),
        import('../../posture/audit/audit-snapshot.ts'),
      ])
      const chosen = choose(await allControls(), { profile, only })
      const found = await preflight(orgConnection(keyturn, name), systemClock, chosen)
      this.showPreflight(found)
      if (found.lacks.length > 0) this.answerNo()
      return { preflight: found }
    })
  }

  private showPreflight({ auditor, lacks, clear, controls }: Preflight): void {
    if (lacks.length === 0)
      return this.tell(`${shownText(auditor)} may see everything that ${counted(controls, 'control')} need.`)
    this.tell(`${shownText(auditor)} lacks permissions. What each hides is unknown then, in whole or in part:\n`)
    this.log(
      table(
        lacks,
        [
          { title: 'PERMISSION', of: ({ permission }) => permission },
          { title: 'HIDES', of: ({ families }) => families.map((family) => familyWords[family]).join(', '), spared: 1 },
          { title: 'CONTROLS', of: (lack) => lack.controls.length, right: true },
        ],
        this.width,
      ),
    )
    this.tell(`\n${clear} of ${counted(controls, 'control')} need nothing more.`)
    this.tell('→ Give the user these permissions in a permission set, or read the report with that in mind.', '  ')
  }
}
