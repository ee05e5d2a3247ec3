import { randomBytes } from 'node:crypto'
import { string as argument } from '@oclif/core/args'
import { boolean, integer, string } from '@oclif/core/flags'
import { KeyturnError, systemClock } from '@keyturn/tokens'
import type { Face } from '../../../broker/caller.ts'
import { callerTold } from '../../../broker/api/told.ts'
import { manageCallers } from '../../../broker/callers/manage-callers.ts'
import type { CallerChanges } from '../../../broker/callers/manage-callers.ts'
import { readMoment } from '../../../caller/moment-flag.ts'
import { readPathRule } from '../../../caller/path-rule.ts'
import { policyRows } from '../../../caller/policy-rows.ts'
import { quietLog } from '../../../caller/quiet-log.ts'
import { KeyturnCommand } from '../../../keyturn-command.ts'
import type { Json } from '../../../keyturn-command.ts'

/** A list is replaced as a whole; the word `none` empties it. */
const listOf = (values: readonly string[] | undefined): readonly string[] | undefined =>
  values?.length === 1 && values[0] === 'none' ? [] : values

export default class CallerSetCommand extends KeyturnCommand {
  static override summary = 'Change what a caller may do'
  static override description =
    'What is named is replaced as a whole, the rest stays; secrets stay as they are. Every replica goes by it within a second, for sessions that live already, too. When somebody else changed this caller at the same time nothing is changed (CLAIM_LOST).'
  static override examples = [
    {
      description: 'From another network, and another year',
      command: '<%= config.bin %> <%= command.id %> etl --range 10.3.0.0/16 --range 10.4.0.7 --expires 365d',
    },
    {
      description: 'Only reading from now on, at most once a second',
      command: '<%= config.bin %> <%= command.id %> etl --path GET:/services/data --rate 60',
    },
    {
      description: 'Without those limits again, and no real tokens any more',
      command: '<%= config.bin %> <%= command.id %> etl --path all --rate 0 --no-real-tokens',
    },
  ]
  static override args = { caller: argument({ required: true, description: 'Name or id of the caller' }) }
  static override flags = {
    grant: string({ multiple: true, helpValue: 'NAME', description: 'Grants it may use; the first is its default' }),
    face: string({
      multiple: true,
      options: ['oauth', 'soap', 'proxy', 'api'],
      helpValue: 'FACE',
      description: 'How it may come in: oauth, soap, proxy, api',
    }),
    range: string({ multiple: true, helpValue: 'CIDR', description: 'Where it comes from; none: no range' }),
    'any-address': boolean({ allowNo: true, description: 'It may come from anywhere' }),
    certificate: string({ multiple: true, helpValue: 'SHA256', description: 'Client certificates; none: no more' }),
    socket: string({ multiple: true, helpValue: 'NAME', description: 'Unix sockets of its own; none: no more' }),
    path: string({ multiple: true, helpValue: 'METHOD:PREFIX', description: 'What it may call; all: everything' }),
    rate: integer({
      min: 0,
      max: 1_000_000,
      helpValue: 'N',
      description: 'Logins and calls a minute together, for each replica; 0: no limit',
    }),
    expires: string({ helpValue: 'WHEN', description: 'End of life: a date (2027-01-31), a span (365d), or never' }),
    audience: string({
      multiple: true,
      helpValue: 'URL',
      description: 'Audiences of its assertions beside the broker; none: no more',
    }),
    'real-tokens': boolean({ allowNo: true, description: 'It may be handed the real access token' }),
    operator: boolean({ allowNo: true, description: 'It may manage callers and see everything' }),
  }

  async run(): Promise<Json> {
    const { args, flags } = await this.parse(CallerSetCommand)
    const now = systemClock.wall()
    const { path, expires, rate } = flags
    const changes: CallerChanges = {
      ...(flags.grant && { grants: listOf(flags.grant) ?? [] }),
      ...(flags.face && { faces: flags.face as Face[] }),
      ...(flags.range && { ranges: listOf(flags.range) ?? [] }),
      ...(flags['any-address'] !== undefined && { anyAddress: flags['any-address'] }),
      ...(flags.certificate && { certificates: listOf(flags.certificate) ?? [] }),
      ...(flags.socket && { sockets: listOf(flags.socket) ?? [] }),
      ...(path && { paths: path.length === 1 && path[0] === 'all' ? null : path.map(readPathRule) }),
      ...(rate !== undefined && { perMinute: rate === 0 ? null : rate }),
      ...(expires !== undefined && { expiresAt: expires === 'never' ? null : readMoment('expires', expires, now) }),
      ...(flags.audience && { audiences: listOf(flags.audience) ?? [] }),
      ...(flags['real-tokens'] !== undefined && { realTokens: flags['real-tokens'] }),
      ...(flags.operator !== undefined && { operator: flags.operator }),
    }
    if (Object.keys(changes).length === 0)
      throw new KeyturnError('BAD_ARGUMENT', 'Nothing is named that should change', {
        fix: 'Name at least one flag, e.g. --range 10.0.0.0/8; `--help` lists them.',
      })
    return this.withKeyturn(flags, async (keyturn) => {
      const manage = manageCallers({ keyturn, clock: systemClock, random: randomBytes, log: quietLog })
      const { caller, changed, warnings } = await manage.set(args.caller, changes)
      const told = callerTold(caller)
      if (changed.length === 0) this.log(`${told.name} is like that already.`)
      else {
        const rows = policyRows(told, now)
        const width = Math.max(...rows.map(([title]) => title.length))
        this.log(`${told.name} is changed (${changed.join(', ')}):`)
        for (const [title, value] of rows) this.log(`  ${title.padEnd(width)}  ${value}`)
      }
      for (const warning of warnings) this.log(`Warning: ${warning}`)
      return { caller: told, changed: [...changed], warnings: [...warnings] }
    })
  }
}
