import { systemClock } from '@keyturn/tokens'
import { KeyturnCommand } from '../../../keyturn-command.ts'
import type { Json } from '../../../keyturn-command.ts'
import { table } from '../../../output/table.ts'
import { credentialView, shownAge, expiryText } from '../../../rotation/views/credential-view.ts'
import type { CredentialView } from '../../../rotation/views/credential-view.ts'

const atOnce = 8

const unknownText = ({ age }: CredentialView): string => (age.basis === 'unknown' ? age.why : '')

const aged = ({ age }: CredentialView): string =>
  age.days === null ? 'unknown' : `${age.basis === 'at-most' ? 'at most ' : ''}${age.days} d`

export default class CredentialsCommand extends KeyturnCommand {
  static override summary = 'List the credentials that are rotated, how old each is, and what runs'
  static override description =
    'The credentials of keyturn.yaml. An age is known where Keyturn made the version or the platform says it; where it does not, the list says unknown instead of guessing. Exit code 1 when a run waits for a person or was halted.'
  static override examples = [
    { description: 'All of them', command: '<%= config.bin %> <%= command.id %>' },
    { description: 'For a program', command: '<%= config.bin %> <%= command.id %> --json' },
  ]

  async run(): Promise<Json> {
    const { flags } = await this.parse(CredentialsCommand)
    return this.withKeyturn(flags, async (keyturn, settings) => {
      const { withRotation } = await import('../../../wiring/rotation-opened.ts')
      return withRotation(keyturn, settings, async (rotation) => {
        const now = systemClock.wall()
        const views: CredentialView[] = []
        const viewOf = async (name: string): Promise<CredentialView> =>
          credentialView(rotation.settingsOf(name), await rotation.state(name), await shownAge(rotation, name), now)
        // Some ages are asked of an org: a few at once.
        for (let from = 0; from < rotation.names.length; from += atOnce)
          views.push(...(await Promise.all(rotation.names.slice(from, from + atOnce).map(viewOf))))
        if (views.length === 0)
          this.tell('No credentials yet. Name them under credentials: in keyturn.yaml (docs/how-to/rotate.md).')
        else {
          this.log(
            table(
              views,
              [
                { title: 'NAME', of: ({ name }) => name },
                { title: 'KIND', of: ({ kind }) => kind },
                { title: 'AGE', of: aged },
                { title: 'VERSION', of: ({ version }) => version, right: true, spared: 2 },
                { title: 'OWNER', of: ({ owner }) => owner, spared: 3 },
                { title: 'DESTINATIONS', of: ({ destinations }) => destinations.join(' '), spared: 1 },
                { title: 'RUN', of: ({ run }) => run?.state ?? '' },
                {
                  title: '',
                  of: (view) =>
                    view.run?.problem?.text ?? view.run?.waitsFor ?? (expiryText(view) || unknownText(view)),
                },
              ],
              this.width,
            ),
          )
        }
        if (views.some(({ run }) => run?.state === 'halted' || run?.state === 'waiting-for-person')) this.answerNo()
        return { credentials: views }
      })
    })
  }
}
