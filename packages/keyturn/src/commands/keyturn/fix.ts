import { string as argument } from '@oclif/core/args'
import { boolean, integer, option } from '@oclif/core/flags'
import { KeyturnError } from '@keyturn/tokens'
import { ChangeCommand } from '../../change/change-command.ts'
import type { Changing } from '../../change/change-command.ts'
import { changeExit, changeFlow, changeJson, restrictingFlags } from '../../change/change-flow.ts'
import type { PlannedRun } from '../../fix/fix-run.ts'
import type { Json } from '../../keyturn-command.ts'
import { terminalText, wrapText } from '../../output/terminal-text.ts'
import { profileNames } from '../../posture/control.ts'
import type { ImpactedFix } from '../../posture/fix/plan-fixes.ts'

interface Asked {
  readonly grant: string
  readonly control: string | null
  readonly profile: string
}

export default class FixCommand extends ChangeCommand {
  static override summary = 'Mend what an audit found: see the change, who would be cut off, and then decide'
  static override description =
    'Without CONTROL it lists what can be mended from here and what can’t, and changes nothing. With CONTROL it shows the change as a diff, lets the org check it (check-only deployment), lists from logins, tokens and the broker’s callers who would be cut off, asks, applies it, reads again whether the finding is gone, and leaves two entries in the ledger. A fix only ever narrows access. It is refused where it would cut off the account that makes it; where that can’t be told, it says so and needs --cut-off-anyway. Without a terminal nothing is changed unless --yes is given. Exit codes: 0 done, or a dry run that would go through; 1 the answer is no (somebody would be cut off, not confirmed, still found); others are errors (docs/errors.md).'
  static override examples = [
    { description: 'What can be mended?', command: '<%= config.bin %> <%= command.id %> acme' },
    { description: 'One control', command: '<%= config.bin %> <%= command.id %> acme password-length' },
    {
      description: 'One app of it, without changing anything',
      command: '<%= config.bin %> <%= command.id %> acme app-pkce-required eca:Erp --dry-run',
    },
    {
      description: 'Everything that cuts nobody off, in one change',
      command: '<%= config.bin %> <%= command.id %> acme --all-safe',
    },
    {
      description: 'Although somebody is cut off',
      command:
        '<%= config.bin %> <%= command.id %> acme oauth-password-flow-blocked --cut-off-anyway "the vendor has moved"',
    },
  ]
  static override usage = '<%= command.id %> NAME [CONTROL] [SUBJECT…]'
  // Subjects are as many as there are.
  static override strict = false
  static override args = {
    name: argument({ required: true, description: 'Name of the grant whose user looks and changes' }),
    control: argument({ description: 'Id of the control; `keyturn audit` names them' }),
    subject: argument({ description: 'Of its findings only these, as the audit names them' }),
  }
  static override flags = {
    ...restrictingFlags,
    profile: option({ options: profileNames })({
      default: 'baseline',
      helpValue: 'PROFILE',
      description: `What is asked, and how strictly: ${profileNames.join(', ')}`,
    }),
    'all-safe': boolean({ description: 'Make all changes that cut nobody off for certain, as one' }),
    days: integer({
      default: 90,
      helpValue: 'DAYS',
      description: 'How far back logins and uses are read: 90 to 180',
    }),
  }

  async run(): Promise<Json> {
    const { args, flags, argv } = await this.parse(FixCommand)
    const [, , ...subjects] = argv.map(String)
    const { profile } = flags
    const asked = { grant: args.name, control: args.control ?? null, profile }
    const allSafe = flags['all-safe']
    if (allSafe && asked.control !== null)
      throw new KeyturnError('BAD_ARGUMENT', '--all-safe is about all controls', { fix: 'Leave CONTROL out.' })
    const { planRun, readDays } = await import('../../fix/fix-run.ts')
    const task = { control: asked.control, subjects, profile, days: readDays(flags.days) }
    return this.changing(args.name, flags, async (changing) => {
      const run = await planRun(task, changing)
      return allSafe ? this.allSafe(asked, run, changing) : this.one(asked, run, changing)
    })
  }

  private async allSafe(asked: Asked, run: PlannedRun, changing: Changing): Promise<Json> {
    const { safeTogether } = await import('../../posture/fix/safe-together.ts')
    const { now, later } = safeTogether(run.plan.fixes)
    if (now.length === 0) return this.nothing(run, changing, 'No change is there that cuts nobody off for certain.')
    const made = await this.make(asked, run, changing, now, `${now.length} changes that cut nobody off`)
    if (later.length > 0) changing.log(`→ ${later.length} more are judged again after these: run it once more then.`)
    return { ...made, later: later.map(({ change }) => change.title) }
  }

  private async one(asked: Asked, run: PlannedRun, changing: Changing): Promise<Json> {
    const { plan, snapshot, results } = run
    const { log, screen } = changing
    const { planJson, planLines, unfixableLines } = await import('../../fix/fix-screen.ts')
    if (asked.control === null) {
      for (const line of planLines(plan, asked.grant, screen)) log(line)
      return { org: snapshot.org, ...planJson(plan) }
    }
    const lines = unfixableLines(plan, screen)
    if (lines.length > 0) log(`Not from here:\n${lines.join('\n')}\n`)
    const [fix] = plan.fixes
    if (fix !== undefined) return this.make(asked, run, changing, plan.fixes, fix.control.title)
    const [result] = results
    if (lines.length > 0 || (result !== undefined && result.open.length > 0)) this.answerNo()
    const why = result === undefined ? 'Nothing is wrong.' : `Nothing to mend: ${result.because}.`
    return this.nothing(run, changing, lines.length > 0 ? 'Nothing of it can be mended from here.' : why)
  }

  private async nothing({ snapshot, plan }: PlannedRun, { log }: Changing, text: string): Promise<Json> {
    const { planJson } = await import('../../fix/fix-screen.ts')
    log(wrapText(text, this.width))
    return { org: snapshot.org, outcome: 'nothing-to-do', texts: [text], ...planJson(plan) }
  }

  private async make(
    { grant, control, profile }: Asked,
    { snapshot, plan, verify }: PlannedRun,
    changing: Changing,
    fixes: readonly ImpactedFix[],
    title: string,
  ): Promise<Json> {
    const [{ joinFixes }, { planJson }] = await Promise.all([
      import('../../posture/fix/plan-fixes.ts'),
      import('../../fix/fix-screen.ts'),
    ])
    if (fixes.length > 1) changing.log(`${fixes.map(({ change }) => `· ${terminalText(change.title)}`).join('\n')}\n`)
    const out = await changeFlow({
      ...{ ...changing, ...joinFixes(title, fixes) },
      verb: 'fix',
      data: { org: snapshot.org.id, profile, control: control ?? 'all-safe', fixes: fixes.length },
      verify: () => verify(fixes),
    })
    process.exitCode = changeExit(out)
    return { org: snapshot.org, grant, control, ...changeJson(out), ...planJson(plan) }
  }
}
