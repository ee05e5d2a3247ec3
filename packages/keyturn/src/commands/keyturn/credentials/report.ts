import { writeFileSync } from 'node:fs'
import { string as argument } from '@oclif/core/args'
import { string } from '@oclif/core/flags'
import { KeyturnError } from '@keyturn/tokens'
import { KeyturnCommand } from '../../../keyturn-command.ts'
import type { Json } from '../../../keyturn-command.ts'
import type { RunReport } from '../../../rotation/report/run-report.ts'

export default class CredentialsReportCommand extends KeyturnCommand {
  static override summary = 'The evidence of a rotation: who, why, what, when, proved how, by which ledger entries'
  static override description =
    'Of the run that is there, else of the last one; older ones by --run (`credentials show` lists them). Holds no secret. As Markdown, as one HTML file without scripts, or with --json as data.'
  static override examples = [
    { description: 'To read', command: '<%= config.bin %> <%= command.id %> erp' },
    {
      description: 'For the auditor',
      command: '<%= config.bin %> <%= command.id %> erp --format html --output erp-rotation.html',
    },
  ]
  static override args = { name: argument({ required: true, description: 'Name of the credential in keyturn.yaml' }) }
  static override flags = {
    run: string({ helpValue: 'ID', description: 'Of this run' }),
    format: string({
      options: ['markdown', 'html'],
      default: 'markdown',
      helpValue: 'FORMAT',
      description: 'markdown or html',
    }),
    output: string({ char: 'o', helpValue: 'FILE', description: 'Into this file instead of stdout' }),
  }

  async run(): Promise<Json> {
    const { args, flags } = await this.parse(CredentialsReportCommand)
    return this.withKeyturn(flags, async (keyturn, settings) => {
      const [{ withRotation }, { runReport }, { markdownReport }, { htmlReport }] = await Promise.all([
        import('../../../wiring/rotation-opened.ts'),
        import('../../../rotation/report/run-report.ts'),
        import('../../../rotation/report/markdown.ts'),
        import('../../../rotation/report/html.ts'),
      ])
      return withRotation(keyturn, settings, async (rotation) => {
        const doc = await rotation.state(args.name)
        const id = flags.run ?? doc?.run?.id ?? doc?.runs[0]
        const run = id === undefined || doc?.run?.id === id ? doc?.run : (await rotation.run(id))?.run
        if (run == null) {
          throw new KeyturnError('ROTATION_NOT_FOUND', `There was no such rotation of ${args.name}`)
        }
        const rotator = await rotation.rotatorOf(args.name)
        const report: RunReport = await runReport(keyturn.store, {
          credential: args.name,
          kind: rotator.kind,
          title: rotator.title,
          does: (step) => rotator.steps.find(({ name }) => name === step)?.does ?? '',
          run,
        })
        const text = flags.format === 'html' ? htmlReport(report) : markdownReport(report)
        if (flags.output === undefined) this.log(text)
        else writeFileSync(flags.output, this.jsonEnabled() ? `${JSON.stringify(report, null, 2)}\n` : text)
        return { ...report }
      })
    })
  }
}
