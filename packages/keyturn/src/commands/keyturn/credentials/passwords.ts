import { string as argument } from '@oclif/core/args'
import { string } from '@oclif/core/flags'
import { KeyturnError, systemClock } from '@keyturn/tokens'
import { readDuration } from '../../../config/duration.ts'
import { KeyturnCommand } from '../../../keyturn-command.ts'
import type { Json } from '../../../keyturn-command.ts'
import type { PasswordAge } from '../../../org/password-ages.ts'
import { table } from '../../../output/table.ts'

const usualAge = 90 * 86_400_000

const iso = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString())
const days = (age: number | null): string => (age === null ? 'unknown' : `${age} d`)

const shown = ({ securityToken, changedAt, expiresAt, ...rest }: PasswordAge): Json => ({
  ...rest,
  changedAt: iso(changedAt),
  expiresAt: iso(expiresAt),
  securityToken: { basis: securityToken.basis, days: securityToken.basis === 'unknown' ? null : securityToken.days },
})

export default class CredentialsPasswordsCommand extends KeyturnCommand {
  static override summary = 'List how old the passwords of an org’s users are, the oldest first'
  static override description =
    'Active users, machines and people apart as the audit tells them (by licence, permissions and the logins of 90 days), as the org dates their passwords. A security token has no age that can be read and no expiry date: it is at most as old as its password. Exit code 1 when one is older than --max-age.'
  static override examples = [
    { description: 'Everybody', command: '<%= config.bin %> <%= command.id %> acme-admin --max-age 90d' },
    {
      description: 'The users of a permission set',
      command: '<%= config.bin %> <%= command.id %> acme-admin --permission-set Billing_Sync_Integration',
    },
  ]
  static override args = {
    name: argument({ required: true, description: 'Name of the grant whose user may see the users' }),
  }
  static override flags = {
    'max-age': string({ helpValue: 'SPAN', description: 'Older than this is due; default 90d' }),
    user: string({ multiple: true, helpValue: 'NAME', description: 'Only this user; may be given several times' }),
    profile: string({ helpValue: 'NAME', description: 'Only users of this profile' }),
    'permission-set': string({ helpValue: 'NAME', description: 'Only users with this permission set (API name)' }),
  }

  async run(): Promise<Json> {
    const { args, flags } = await this.parse(CredentialsPasswordsCommand)
    const maxAge = flags['max-age'] === undefined ? usualAge : readDuration(flags['max-age'])
    if (maxAge === null) throw new KeyturnError('BAD_ARGUMENT', '--max-age is no span', { fix: 'Write 90d.' })
    const filter = { users: flags.user, profile: flags.profile, permissionSet: flags['permission-set'] }
    return this.withKeyturn(flags, async (keyturn) => {
      const [{ orgConnection }, { passwordAges }, { collect }] = await Promise.all([
        import('../../../org/connection.ts'),
        import('../../../org/password-ages.ts'),
        import('../../../posture/collect.ts'),
      ])
      const org = orgConnection(keyturn, args.name)
      const clock = systemClock
      const { users } = (await collect({ org, families: ['users', 'logins'], clock })).facts
      const natures = new Map(users.is === 'known' ? users.value.map((one) => [one.username, one.nature]) : [])
      const unread = users.is === 'known' ? 'it was not listed' : users.text
      const kindOf = (username: string) => natures.get(username) ?? ({ is: 'unknown', why: unread } as const)
      const ages = await passwordAges(org, { filter, maxAge, now: clock.wall(), kindOf })
      const due = ages.filter((one) => one.due !== false).length
      this.log(
        table(
          ages,
          [
            { title: 'USER', of: ({ username }) => username },
            { title: 'KIND', of: ({ kind }) => kind },
            { title: 'PASSWORD', of: (one) => days(one.days), right: true },
            {
              title: 'TOKEN',
              of: ({ securityToken: token }) => (token.basis === 'unknown' ? 'unknown' : `at most ${token.days} d`),
              right: true,
              spared: 1,
            },
            { title: 'EXPIRES', of: ({ expiresAt }) => iso(expiresAt)?.slice(0, 10) ?? 'never', spared: 2 },
            { title: '', of: (one) => (one.due === true ? 'due' : one.due === null ? 'not known' : '') },
          ],
          this.width,
        ),
      )
      this.tell(`\n${ages.length} users, ${due} due.`)
      if (due > 0) this.answerNo()
      return { grant: args.name, maxAgeDays: maxAge / 86_400_000, due, users: ages.map(shown) }
    })
  }
}
