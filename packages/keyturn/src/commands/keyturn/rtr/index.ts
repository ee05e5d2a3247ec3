import { resolve } from 'node:path'
import { string as argument } from '@oclif/core/args'
import { integer, option, string } from '@oclif/core/flags'
import { KeyturnError } from '@keyturn/tokens'
import { KeyturnCommand } from '../../../keyturn-command.ts'
import type { Json } from '../../../keyturn-command.ts'
import { ownVersion } from '../../../own-version.ts'
import { shownText } from '../../../posture/audit/shown-text.ts'
import { matches } from '../../../posture/rtr/client-id.ts'
import { planJson } from '../../../posture/rtr/formats/json.ts'
import { planOfApp, quoted } from '../../../posture/rtr/plan.ts'
import type { PlannedApp, RtrPlan } from '../../../posture/rtr/plan.ts'
import { inBlocks } from '../../../posture/text-blocks.ts'
import type { ScannedRepository } from '../../../rtr/rtr-opened.ts'
import type { SettingFlags } from '../../../settings.ts'

const formats = ['table', 'json', 'markdown', 'html'] as const
type Format = (typeof formats)[number]

interface Flags extends SettingFlags {
  readonly app?: string | undefined
  readonly scan?: readonly string[] | undefined
  readonly snapshot?: string | undefined
  readonly save?: string | undefined
  readonly days: number
}

export default class RtrCommand extends KeyturnCommand {
  static override summary = 'Who survives Refresh Token Rotation: every app, the clients behind it, and a plan'
  static override description =
    'Lists the apps that hand out refresh tokens and the clients seen behind each: programs in the login history, callers of the broker, Keyturn’s own grants, tokens nobody was seen to use. Each is ready, not ready or unknown, by rehearsals (keyturn rehearse --record), scans of repositories, what is known of its kind, or somebody’s word (keyturn rtr ready). On the terminal each app is a line; --app shows one in full, and the other formats all of them. Silence is never ready. Changes nothing.'
  static override examples = [
    { description: 'Every app in a line, and what to do next', command: '<%= config.bin %> <%= command.id %> acme' },
    { description: 'One app in full', command: '<%= config.bin %> <%= command.id %> acme --app app:ERP_Sync' },
    {
      description: 'With the repository of a client, and as a page for those who decide',
      command:
        '<%= config.bin %> <%= command.id %> acme --scan app:ERP_Sync/jsforce/erp@acme.example=../erp-sync --format html --output rtr.html',
    },
    {
      description: 'What an audit read, without the org',
      command: '<%= config.bin %> <%= command.id %> --snapshot monday.json',
    },
  ]
  static override args = {
    name: argument({ description: 'Name of the grant whose user looks; not with --snapshot' }),
  }
  static override flags = {
    scan: string({
      multiple: true,
      multipleNonGreedy: true,
      helpValue: '[CLIENT=]PATH',
      description: 'A repository: what it does with refresh tokens; it speaks for the client that is named',
    }),
    snapshot: string({ helpValue: 'FILE', description: 'What `keyturn audit --save` kept, instead of an org' }),
    app: string({ helpValue: 'APP', description: 'This app alone: its clients, what is known of each, what to do' }),
    save: string({ helpValue: 'FILE', description: 'Keep what was read' }),
    days: integer({ min: 1, max: 180, default: 90, helpValue: 'DAYS', description: 'How far back logins are read' }),
    format: option({ options: formats })({ default: 'table', helpValue: 'FORMAT', description: formats.join(', ') }),
    output: string({ char: 'o', helpValue: 'FILE', description: 'Where the report goes' }),
  }

  async run(): Promise<Json> {
    const { args, flags } = await this.parse(RtrCommand)
    if ((args.name === undefined) === (flags.snapshot === undefined))
      throw new KeyturnError(
        'BAD_ARGUMENT',
        args.name === undefined ? 'Which org?' : 'A grant and --snapshot exclude each other',
        { fix: 'Name a grant (`keyturn grants`), or a file with --snapshot.' },
      )
    if (flags.snapshot !== undefined && flags.save !== undefined)
      throw new KeyturnError('BAD_ARGUMENT', '--save is for an org, not for a snapshot')
    const { plan: whole, scans } =
      args.name === undefined ? await this.ofSnapshot(flags.snapshot ?? '', flags) : await this.ofOrg(args.name, flags)
    const { appNamed } = await import('../../../rtr/rtr-opened.ts')
    const app = flags.app === undefined ? null : appNamed(whole, flags.app)
    const plan = app === null ? whole : planOfApp(whole, app)
    const again = `${this.bin} rtr ${args.name ?? `--snapshot ${quoted(flags.snapshot ?? '')}`}`
    const rendered = (): Promise<Iterable<string>> => this.rendered(plan, flags.format, { again, app })
    if (flags.output !== undefined) {
      const { writeReport } = await import('../../../posture/audit/write-reports.ts')
      writeReport(resolve(flags.output), await rendered())
      this.log(`Written to ${shownText(flags.output)}`)
    } else if (!this.jsonEnabled()) {
      for (const text of inBlocks(await rendered())) process.stdout.write(text)
      if (flags.format === 'table') this.showScans(scans, whole)
    }
    return { ...planJson(plan), scans }
  }

  private async ofOrg(
    name: string,
    flags: Flags,
  ): Promise<{ readonly plan: RtrPlan; readonly scans: readonly ScannedRepository[] }> {
    const { readRtr } = await import('../../../rtr/rtr-opened.ts')
    const { orgConnection } = await import('../../../org/connection.ts')
    const progress = this.progress()
    return this.withKeyturn(flags, async (keyturn) => {
      const words = { bin: this.bin, grant: name }
      const view = await readRtr(keyturn, orgConnection(keyturn, name), {
        scan: flags.scan ?? [],
        words,
        days: flags.days,
        tell: (text) => progress.say(text),
      })
      if (flags.save !== undefined) {
        const { writeSnapshot } = await import('../../../posture/snapshot-file.ts')
        await writeSnapshot(resolve(flags.save), view.snapshot)
      }
      return view
    }).finally(() => progress.done())
  }

  private async ofSnapshot(
    path: string,
    flags: Flags,
  ): Promise<{ readonly plan: RtrPlan; readonly scans: readonly ScannedRepository[] }> {
    const { planOfSnapshot, scanAll, storeAtHand } = await import('../../../rtr/rtr-opened.ts')
    const { readSnapshot } = await import('../../../posture/snapshot-file.ts')
    const snapshot = await readSnapshot(resolve(path))
    const scans = await scanAll(flags.scan ?? [])
    const words = { bin: this.bin, grant: null }
    const plan = storeAtHand(await this.settings(flags))
      ? await this.withKeyturn(flags, ({ store }) => planOfSnapshot(snapshot, store, scans, words))
      : await planOfSnapshot(snapshot, null, scans, words)
    return { plan, scans }
  }

  private async rendered(
    plan: RtrPlan,
    format: Format,
    asked: { readonly again: string; readonly app: PlannedApp | null },
  ): Promise<Iterable<string>> {
    switch (format) {
      case 'table': {
        const { planTable } = await import('../../../posture/rtr/formats/table.ts')
        return [planTable(plan, asked, { paint: this.paint, width: this.width }), '\n']
      }
      case 'json':
        return (await import('../../../posture/audit/formats/json-text.ts')).jsonTextParts(planJson(plan))
      case 'markdown':
        return [(await import('../../../posture/rtr/formats/markdown.ts')).planMarkdown(plan)]
      case 'html':
        return [(await import('../../../posture/rtr/formats/html.ts')).planHtml(plan, ownVersion())]
    }
  }

  private showScans(scans: readonly ScannedRepository[], { apps }: RtrPlan): void {
    for (const { client, report } of scans) {
      this.tell(`\nRepository ${shownText(report.path)}: ${report.effect}: ${shownText(report.why)}`)
      if (client === null)
        this.tell('  It speaks for no client: name one, --scan CLIENT=PATH, and it counts as evidence.', '  ')
      else if (!apps.some(({ clients }) => clients.some(({ id }) => matches(client, id))))
        this.tell(`  It speaks for ${shownText(client)}, and nobody saw that client: is it spelled so?`, '  ')
    }
  }
}
