import { string as argument } from '@oclif/core/args'
import { boolean, integer, option } from '@oclif/core/flags'
import { KeyturnError, systemClock } from '@keyturn/tokens'
import type { Keyturn } from '@keyturn/tokens'
import { changeExit, changeFlags, changeFlow, changeJson } from '../../change/change-flow.ts'
import type { ChangeFlags } from '../../change/change-flow.ts'
import type { Screen } from '../../change/change-screen.ts'
import type { PlannedRun } from '../../fix/fix-run.ts'
import { KeyturnCommand } from '../../keyturn-command.ts'
import type { Json } from '../../keyturn-command.ts'
import { terminalText } from '../../output/terminal-text.ts'
import { profileNames } from '../../posture/control.ts'
import type { FixPlan, ImpactedFix } from '../../posture/fix/plan-fixes.ts'
import type { Settings } from '../../settings.ts'

interface Asked {
  readonly grant: string
  readonly control: string | null
  readonly subjects: readonly string[]
}

export default class FixCommand extends KeyturnCommand {
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
    ...changeFlags,
    profile: option({ options: profileNames })({
      default: 'baseline',
      helpValue: 'PROFILE',
      description: `What is asked, and how strictly: ${profileNames.join(', ')}`,
    }),
    'all-safe': boolean({ description: 'Make all changes that cut nobody off for certain, as one' }),
    days: integer({
      default: 90,
      helpValue: 'N',
      description: 'Of logins and uses that are looked at: 90 to 180; default 90',
    }),
  }

  async run(): Promise<Json> {
    const { args, flags, argv } = await this.parse(FixCommand)
    const [, , ...subjects] = argv.map(String)
    const asked = { grant: args.name, control: args.control ?? null, subjects }
    if (flags['all-safe'] && asked.control !== null)
      throw new KeyturnError('BAD_ARGUMENT', '--all-safe is about all controls', { fix: 'Leave CONTROL out.' })
    const { planRun, readDays } = await import('../../fix/fix-run.ts')
    const task = { ...asked, profile: flags.profile, days: readDays(flags.days) }
    return this.withKeyturn(flags, async (keyturn, settings) => {
      const progress = this.progress()
      const tell = (text: string): void => progress.say(text)
      try {
        const run = await planRun(task, { keyturn, settings, tell })
        progress.done()
        return await this.act(asked, run, { keyturn, settings, flags, tell, done: () => progress.done() })
      } finally {
        progress.done()
      }
    })
  }

  private async act(asked: Asked, run: PlannedRun, doing: Doing): Promise<Json> {
    const { joinFixes } = await import('../../posture/fix/plan-fixes.ts')
    const { plan } = run
    if (doing.flags['all-safe']) {
      const { safeTogether } = await import('../../posture/fix/safe-together.ts')
      const { now, later } = safeTogether(plan.fixes)
      if (now.length === 0) return this.nothing(run, 'No change is there that cuts nobody off for certain.')
      const title = `${now.length} changes that cut nobody off`
      const made = await this.make(asked, run, { fixes: now, ...joinFixes(title, now) }, doing)
      if (later.length > 0) this.log(`→ ${later.length} more are judged again after these: run it once more then.`)
      return { ...made, later: later.map(({ change }) => change.title) }
    }
    if (asked.control === null) return this.list(asked, run)
    if (plan.fixes.length === 0) return this.unfixable(run)
    await this.tellUnfixable(plan)
    const title = plan.fixes[0]?.control.title ?? asked.control
    return this.make(asked, run, { fixes: plan.fixes, ...joinFixes(title, plan.fixes) }, doing)
  }

  private get screen(): Screen {
    return { paint: this.paint, width: this.width, now: systemClock.wall(), bin: this.bin }
  }

  private async list({ grant }: Asked, { plan, snapshot }: PlannedRun): Promise<Json> {
    const { planJson, planLines } = await import('../../fix/fix-screen.ts')
    for (const line of planLines(plan, grant, this.screen)) this.log(line)
    return { org: snapshot.org, ...planJson(plan) }
  }

  private async tellUnfixable(plan: FixPlan): Promise<void> {
    const { unfixableLines } = await import('../../fix/fix-screen.ts')
    const lines = unfixableLines(plan, this.screen)
    if (lines.length > 0) this.log(`Not from here:\n${lines.join('\n')}\n`)
  }

  private async unfixable(run: PlannedRun): Promise<Json> {
    const { plan, results } = run
    if (plan.unfixable.length > 0) {
      await this.tellUnfixable(plan)
      this.answerNo()
      return this.nothing(run, 'Nothing of it can be mended from here.')
    }
    const [result] = results
    if (result !== undefined && result.open.length > 0) this.answerNo()
    return this.nothing(run, result === undefined ? 'Nothing is wrong.' : `Nothing to mend: ${result.because}.`)
  }

  private async nothing({ snapshot, plan }: PlannedRun, text: string): Promise<Json> {
    const { planJson } = await import('../../fix/fix-screen.ts')
    this.tell(text)
    return { org: snapshot.org, outcome: 'nothing-to-do', texts: [text], ...planJson(plan) }
  }

  private async make(
    { grant, control }: Asked,
    run: PlannedRun,
    {
      fixes,
      ...joined
    }: { readonly fixes: readonly ImpactedFix[] } & Pick<Parameters<typeof changeFlow>[0], 'change' | 'impact'>,
    { keyturn, flags, tell, done }: Doing,
  ): Promise<Json> {
    if (fixes.length > 1) this.log(`${fixes.map(({ change }) => `· ${terminalText(change.title)}`).join('\n')}\n`)
    const out = await changeFlow({
      ...joined,
      ...{ keyturn, org: run.org, flags, tell, clock: systemClock, screen: this.screen },
      verb: 'fix',
      data: { org: run.snapshot.org.id, profile: flags.profile, control: control ?? 'all-safe', fixes: fixes.length },
      verify: () => run.verify(fixes),
      attended: process.stdin.isTTY && !this.jsonEnabled(),
      log: (text) => {
        done()
        this.log(text)
      },
    })
    process.exitCode = changeExit(out)
    const { planJson } = await import('../../fix/fix-screen.ts')
    return { org: run.snapshot.org, grant, control, ...changeJson(out), ...planJson(run.plan) }
  }
}

interface Doing {
  readonly keyturn: Keyturn
  readonly settings: Settings
  readonly flags: ChangeFlags & { readonly 'all-safe': boolean; readonly profile: string }
  readonly tell: (text: string) => void
  readonly done: () => void
}
