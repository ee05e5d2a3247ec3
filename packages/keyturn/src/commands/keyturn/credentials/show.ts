import { string as argument } from '@oclif/core/args'
import { systemClock } from '@keyturn/tokens'
import { KeyturnCommand } from '../../../keyturn-command.ts'
import type { Json } from '../../../keyturn-command.ts'
import { moment, span } from '../../../output/moment.ts'
import { facts, table } from '../../../output/table.ts'
import { isGone } from '../../../rotation/credential.ts'
import { nextLines } from '../../../rotation/terminal/run-screen.ts'
import { credentialView, shownAge, iso } from '../../../rotation/views/credential-view.ts'

export default class CredentialsShowCommand extends KeyturnCommand {
  static override summary = 'Show one credential: its versions, its age, the run that is there and what it waits for'
  static override description =
    'Versions are shown with what is public of them (ids, fingerprints, expiry), never with a secret.'
  static override examples = [
    { description: 'How is erp?', command: '<%= config.bin %> <%= command.id %> erp' },
    { description: 'For a program', command: '<%= config.bin %> <%= command.id %> erp --json' },
  ]
  static override args = { name: argument({ required: true, description: 'Name of the credential in keyturn.yaml' }) }

  async run(): Promise<Json> {
    const { args, flags } = await this.parse(CredentialsShowCommand)
    return this.withKeyturn(flags, async (keyturn, settings) => {
      const { withRotation } = await import('../../../wiring/rotation-opened.ts')
      return withRotation(keyturn, settings, async (rotation) => {
        const now = systemClock.wall()
        const doc = await rotation.state(args.name)
        const view = credentialView(rotation.settingsOf(args.name), doc, await shownAge(rotation, args.name), now)
        const { age, run } = view
        this.log(
          facts([
            ['Name', view.name],
            ['Kind', (await rotation.rotatorOf(args.name)).title],
            ['Owner', view.owner],
            ['Destinations', view.destinations.join(', ') || null],
            [
              'Age',
              age.days === null
                ? `unknown: ${age.why}`
                : `${age.basis === 'at-most' ? 'at most ' : ''}${age.days} days: ${age.why}`,
            ],
            ['Runs out', view.expires === null ? null : `${view.expires.at}, in ${view.expires.days} days`],
            ['Run', run === null ? null : `${run.state}, ${run.why}, by ${run.who}, since ${run.startedAt}`],
            [
              'Switched on',
              run === null || run.switchedOn.length === 0 ? null : `${run.switchedOn.join(', ')}: still on`,
            ],
          ]),
        )
        if (doc !== null && doc.versions.length > 0) {
          this.log(
            `\n${table(
              doc.versions,
              [
                { title: 'VERSION', of: ({ n }) => n, right: true },
                { title: 'STATE', of: ({ state }) => state },
                { title: 'SINCE', of: ({ at }) => moment(at, now) },
                {
                  title: 'PROVED',
                  of: ({ verifiedAt }) => (verifiedAt === null ? null : `${span(now - verifiedAt)} ago`),
                },
                { title: 'HOLDS', of: (version) => (isGone(version) ? null : version.fields.join(' ')) },
                {
                  title: '',
                  of: ({ data }) =>
                    Object.entries(data)
                      .map(([key, value]) => `${key}=${String(value)}`)
                      .join(' '),
                },
              ],
              this.width,
            )}`,
          )
        }
        if (doc?.run != null) {
          const canGoBack = await rotation.canBeTakenBack(args.name)
          const lines = nextLines(doc.run, { name: args.name, bin: this.bin, now, canGoBack })
          if (lines.length > 0) this.tell(`\n${lines.join('\n')}`)
          if (doc.run.state === 'halted' || doc.run.state === 'waiting-for-person') this.answerNo()
        }
        const versions = doc?.versions.map(({ at, createdAt, activeAt, verifiedAt, ...version }) => ({
          ...version,
          at: iso(at),
          createdAt: iso(createdAt),
          activeAt: activeAt === null ? null : iso(activeAt),
          verifiedAt: verifiedAt === null ? null : iso(verifiedAt),
        }))
        return { ...view, versions: versions ?? [], runs: doc?.runs ?? [] }
      })
    })
  }
}
