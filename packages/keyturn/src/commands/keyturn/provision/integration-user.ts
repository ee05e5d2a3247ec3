import { resolve } from 'node:path'
import { string as argument } from '@oclif/core/args'
import { boolean, string } from '@oclif/core/flags'
import { KeyturnError } from '@keyturn/tokens'
import { ChangeCommand } from '../../../change/change-command.ts'
import { changeExit, changeFlags, changeJson } from '../../../change/change-flow.ts'
import type { Json } from '../../../keyturn-command.ts'
import { operatorName } from '../../../operator-name.ts'
import { orgConnection } from '../../../org/connection.ts'
import { terminalText } from '../../../output/terminal-text.ts'
import type { IntegrationDescription } from '../../../posture/provision/integration-description.ts'
import { counted } from '../../../posture/audit/shown-text.ts'
import { isThere } from '../../../posture/provision/carry.ts'
import type { MadeIntegration } from '../../../posture/provision/make-integration.ts'

const list = { multiple: true, multipleNonGreedy: true } as const

export default class ProvisionIntegrationUserCommand extends ChangeCommand {
  static override summary = 'Make a user for one integration that may do exactly what is named'
  static override description =
    'Licences looked at first; then the permission set (and a profile of its own, with login hours and addresses), the user, the licence Salesforce API Integration, and the permission set, in that order. It can delete nothing and sees no records but its own and those shared with it. No password is set: it signs in by an app. Run again after an interruption it does what is missing. With --verify-grant it is asked, as that user, what it really may.'
  static override examples = [
    {
      description: 'For an integration that reads accounts and makes invoices',
      command:
        '<%= config.bin %> <%= command.id %> acme --username billing@acme.example --name Billing --email ops@acme.example --permission-set Billing_Integration --object Account:read --object Invoice__c:read,create --field Account.Industry:read',
    },
    {
      description: 'With login hours and addresses, from a file',
      command: '<%= config.bin %> <%= command.id %> acme --from billing-user.yaml --own-profile "Billing Integration"',
    },
    {
      description: 'Ask as that user what it may',
      command: '<%= config.bin %> <%= command.id %> acme --from billing-user.yaml --verify-grant billing',
    },
  ]
  static override args = {
    name: argument({ description: 'Name of the grant whose user makes it; not with --schema' }),
  }
  static override flags = {
    from: string({ helpValue: 'FILE', description: 'Description as YAML; flags count before it (--schema)' }),
    username: string({ helpValue: 'USERNAME', description: 'In the form of an email address, unlike any other' }),
    name: string({ helpValue: 'NAME', description: 'Its last name in lists of users' }),
    email: string({ helpValue: 'EMAIL', description: 'A mailbox somebody reads' }),
    'permission-set': string({ helpValue: 'NAME', description: 'API name of the permission set made for it' }),
    object: string({ ...list, helpValue: 'OBJECT:RIGHTS', description: 'read, create, edit: Account:read,create' }),
    field: string({ ...list, helpValue: 'OBJECT.FIELD:RIGHT', description: 'read or edit: Account.Industry:edit' }),
    'own-profile': string({ helpValue: 'NAME', description: 'A profile of its own, for hours and addresses' }),
    hours: string({ helpValue: 'HOURS', description: 'mon-fri 06:00-20:00, by the org’s time zone' }),
    address: string({ ...list, helpValue: 'ADDRESS', description: 'From where it logs in, besides Keyturn' }),
    'from-address': string({ helpValue: 'ADDRESS', description: 'Keyturn’s own; default: where the org last saw it' }),
    wide: boolean({ description: 'Let a range be wider than a /24 (IPv6: a /64)' }),
    'verify-grant': string({
      helpValue: 'GRANT',
      description: 'A grant that signs in as this user, to ask what it may',
    }),
    'try-writes': boolean({
      dependsOn: ['verify-grant'],
      description:
        'As that user: make a record of each object it may make, change it, fail to delete it; then it is taken away',
    }),
    'learn-from': string({
      ...list,
      helpValue: 'FILE',
      description: 'Event log of API calls (ApiTotalUsage, CSV): the objects an integration used so far',
    }),
    'learn-user': string({ helpValue: 'USER', description: 'Whose calls, where the log has several: username or id' }),
    schema: boolean({ description: 'Print the JSON Schema of a description' }),
    ...changeFlags,
  }

  async run(): Promise<Json> {
    const { args, flags } = await this.parse(ProvisionIntegrationUserCommand)
    const { integrationForm, integrationSchema } = await import('../../../posture/provision/integration-description.ts')
    if (flags.schema) {
      const schema = integrationSchema()
      this.log(JSON.stringify(schema, null, 2))
      return { schema }
    }
    const { name: grant } = args
    if (grant === undefined)
      throw new KeyturnError('BAD_ARGUMENT', 'In which org?', { fix: 'Name a grant (`keyturn grants`).' })
    const { checkedDescription, readDescription } = await import('../../../posture/provision/read-description.ts')
    const given = {
      username: flags.username,
      name: flags.name,
      email: flags.email,
      permissionSet: flags['permission-set'],
      fields: flags.field,
      ownProfile: flags['own-profile'],
      hours: flags.hours,
      addresses: flags.address,
    }
    const file = flags.from === undefined ? {} : readDescription(resolve(flags.from))
    const learned = await this.learned(flags['learn-from'] ?? [], flags['learn-user'] ?? null)
    const named = flags.object ?? file['objects'] ?? []
    const content = {
      ...file,
      ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
      ...(learned.length === 0 && flags.object === undefined
        ? {}
        : { objects: [...(Array.isArray(named) ? named : []), ...learned] }),
    }
    const description = checkedDescription(integrationForm, content, flags.from ?? 'the description')
    return this.changing(grant, flags, async (changing) => {
      const [{ makeIntegration }, { agreeOf, carryOf }] = await Promise.all([
        import('../../../posture/provision/make-integration.ts'),
        import('../../../provision/provision-opened.ts'),
      ])
      const { org, keyturn, clock, tell } = changing
      const verifyGrant = flags['verify-grant']
      const made = await makeIntegration({
        ...{ org, keyturn, description, clock, tell },
        fromAddress: flags['from-address'] ?? null,
        wide: flags.wide,
        tryWrites: flags['try-writes'],
        asUser: verifyGrant === undefined ? null : orgConnection(keyturn, verifyGrant),
        by: operatorName(),
        carry: carryOf(changing, { verb: 'provision', data: { what: 'integration-user' } }),
        agree: agreeOf(changing),
      })
      return this.report(description, made)
    })
  }

  private async learned(files: readonly string[], user: string | null): Promise<readonly string[]> {
    if (files.length === 0) return []
    const { learnFrom } = await import('../../../posture/provision/learn-use.ts')
    return files.flatMap((file) => {
      const { objects, deleted, calls, unnamed } = learnFrom(resolve(file), user)
      this.log(terminalText(`${file}: ${calls} calls; ${objects.join(' ') || 'no object'}`))
      if (unnamed > 0)
        this.tell(`${unnamed} of them do not say their object (composites, bulk jobs): name those yourself.`)
      if (deleted.length > 0) this.tell(`It deleted ${deleted.join(', ')}: that is not given.`)
      this.tell('The log knows no fields: name them with --field.\n')
      return objects
    })
  }

  private report({ username, ownProfile, hours }: IntegrationDescription, made: MadeIntegration): Json {
    const { licenses, ranges, steps, userId, access, broad, clicks, done } = made
    const stopped = steps.find(({ carried }) => carried === null || !isThere(carried))
    this.log('')
    for (const { step, carried } of steps) {
      const sign = carried === null || carried.is === 'dry-run' ? ' ' : isThere(carried) ? '✓' : '✗'
      this.log(`${sign} ${terminalText(step)}${carried === null ? ' (after that)' : ''}`)
    }
    this.log(`  Licences: ${licenses.map(terminalText).join('; ')}`)
    if (ranges.length > 0) this.log(`  Logs in from ${ranges.map(terminalText).join(', ')}`)
    if (ownProfile === undefined)
      this.tell('→ It may log in at any hour and from anywhere: --own-profile ends that.', '  ')
    else if (hours === undefined) this.tell('→ It may log in at any hour: --hours ends that.', '  ')
    for (const one of broad) this.log(`${this.paint('red', '✗')} ${terminalText(`${username}: ${one}`)}`)
    if (access !== null) this.tellAccess(username, made)
    else if (done)
      this.log(`? What it really may was not asked as ${terminalText(username)}: that needs --verify-grant.`)
    if (done && access === null) for (const click of clicks) this.tell(`→ ${terminalText(click)}`, '  ')
    for (const { object, is, text, left } of made.writes) {
      const sign = is === 'works' ? this.paint('green', '✓') : is === 'not-tried' ? ' ' : this.paint('red', '✗')
      this.log(terminalText(`${object}: ${text}`).replace(/^/, `${sign} `))
      if (left !== null) this.log(`  The record ${terminalText(left)} could not be taken away: delete it.`)
    }
    const failed = made.writes.some(({ is }) => is === 'refused' || is === 'too-much')
    const wrong = failed || broad.length > 0 || (access !== null && access.missing.length + access.tooMuch.length > 0)
    const exit = stopped?.carried === null || stopped === undefined ? 0 : changeExit(stopped.carried)
    process.exitCode = exit === 0 && wrong ? 1 : exit
    return {
      username,
      userId,
      done,
      licenses,
      ranges,
      steps: steps.map(({ step, carried }) => ({ step, change: carried === null ? null : changeJson(carried) })),
      access,
      writes: made.writes,
      broad,
      clicks,
    }
  }

  private tellAccess(username: string, { access }: MadeIntegration): void {
    if (access === null) return
    const { missing, tooMuch, objects, fields } = access
    if (missing.length === 0 && tooMuch.length === 0)
      this.log(
        `${this.paint('green', '✓')} Asked as ${terminalText(username)}: it may do what was named (${counted(objects, 'object')}, ${counted(fields, 'field')}), and nothing else.`,
      )
    for (const one of missing) this.log(`${this.paint('red', '✗')} missing: ${terminalText(one)}`)
    for (const one of tooMuch) this.log(`${this.paint('red', '✗')} not asked for: ${terminalText(one)}`)
  }
}
