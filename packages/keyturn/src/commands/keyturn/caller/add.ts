import { randomBytes } from 'node:crypto'
import { string as argument } from '@oclif/core/args'
import { boolean, integer, string } from '@oclif/core/flags'
import { systemClock } from '@keyturn/tokens'
import type { Secret } from '@keyturn/tokens'
import type { Face } from '../../../broker/caller.ts'
import { issuedTold } from '../../../broker/api/told.ts'
import { manageCallers } from '../../../broker/callers/manage-callers.ts'
import { readMoment } from '../../../caller/moment-flag.ts'
import { readPathRule } from '../../../caller/path-rule.ts'
import { readPublicKeyFile } from '../../../caller/public-key-file.ts'
import { quietLog } from '../../../caller/quiet-log.ts'
import { issuedLines, mayShowSecrets } from '../../../caller/show-issued.ts'
import { readSecret, referenceOf } from '../../../connect/secret-input.ts'
import { secretForms } from '../../../reference.ts'
import { KeyturnCommand } from '../../../keyturn-command.ts'
import type { Json } from '../../../keyturn-command.ts'
import { resolversOf } from '../../../settings.ts'
import type { Settings } from '../../../settings.ts'

const secretBehind = async (reference: string | undefined, settings: Settings): Promise<Secret | null> => {
  if (reference === undefined) return null
  const { resolveReference } = await import('@keyturn/tokens/maintenance')
  return resolveReference(referenceOf('client-secret-ref', reference).reference, settings.env, resolversOf(settings))
}

export default class CallerAddCommand extends KeyturnCommand {
  static override summary = 'Enrol a workload that may call the broker'
  static override description =
    'Makes its id and secrets and shows them once: on a terminal, or with --json. The store keeps hashes only. The grants it may use are named; the first is its default. It needs a place it comes from: a source range, a certificate, a socket of its own, or --any-address.'
  static override examples = [
    {
      description: 'For an ETL tool that logs in by SOAP, from one network, for a year',
      command:
        '<%= config.bin %> <%= command.id %> etl --grant acme --face soap --face proxy --user etl@broker --range 10.2.0.0/16 --expires 365d',
    },
    {
      description: 'For a program that refreshes by itself, with its own client id and secret',
      command:
        '<%= config.bin %> <%= command.id %> sync --grant acme --range 10.2.0.7 --expires 365d --client-id 3MVG9… --client-secret-ref env:SYNC_SECRET',
    },
    {
      description: 'For a program that logs in by the JWT bearer flow and can’t be told another audience',
      command:
        '<%= config.bin %> <%= command.id %> ci --grant acme --range 10.2.0.7 --client-id 3MVG9… --user ci@acme.example --public-key server.crt --audience https://login.salesforce.com',
    },
    {
      description: 'Only reading, and not often',
      command:
        '<%= config.bin %> <%= command.id %> report --grant acme --path GET:/services/data --rate 60 --range 10.0.0.0/8',
    },
  ]
  static override args = { name: argument({ required: true, description: 'Name of the caller' }) }
  static override flags = {
    grant: string({
      multiple: true,
      helpValue: 'NAME',
      description: 'Grant that it may use; the first is its default',
    }),
    face: string({
      multiple: true,
      options: ['oauth', 'soap', 'proxy', 'api'],
      helpValue: 'FACE',
      description: 'How it may come in: oauth, soap, proxy, api; default: oauth and proxy, and soap with --user',
    }),
    range: string({ multiple: true, helpValue: 'CIDR', description: 'Where it comes from' }),
    'any-address': boolean({ exclusive: ['range'], description: 'It may come from anywhere' }),
    certificate: string({
      multiple: true,
      helpValue: 'SHA256',
      description: 'Fingerprint of its client certificate, 64 hex digits',
    }),
    socket: string({ multiple: true, helpValue: 'NAME', description: 'Unix socket of the broker that is its own' }),
    path: string({ multiple: true, helpValue: 'METHOD:PREFIX', description: 'What it may call; default: everything' }),
    rate: integer({
      min: 1,
      max: 1_000_000,
      helpValue: 'N',
      description: 'Logins and calls a minute together, for each replica',
    }),
    expires: string({ helpValue: 'WHEN', description: 'End of life: a date (2027-01-31) or a span (365d)' }),
    user: string({
      helpValue: 'NAME',
      description: 'User name for SOAP login() and the password flow; makes a password',
    }),
    'client-id': string({ helpValue: 'ID', description: 'The OAuth client id that the application has' }),
    'client-secret-ref': string({
      dependsOn: ['client-id'],
      helpValue: 'REFERENCE',
      description: `Where that client’s secret is: ${secretForms}`,
    }),
    'public-key': string({
      helpValue: 'FILE',
      description: 'PEM of its public key or certificate: it may log in by the JWT bearer flow (RS256)',
    }),
    audience: string({
      multiple: true,
      dependsOn: ['public-key'],
      helpValue: 'URL',
      description: 'What its assertions may name as audience beside the broker, e.g. https://login.salesforce.com',
    }),
    'take-over-stdin': boolean({
      dependsOn: ['client-secret-ref', 'range', 'take-over-until'],
      description: 'Read the application’s old real refresh token from stdin; it is accepted until --take-over-until',
    }),
    'take-over-until': string({
      helpValue: 'WHEN',
      description: 'A date or a span; later use of the old token is an alarm',
    }),
    'real-tokens': boolean({ description: 'It may be handed the real access token instead of a virtual session' }),
    operator: boolean({ description: 'It may manage callers and see everything through the broker’s API' }),
  }

  async run(): Promise<Json> {
    const { args, flags } = await this.parse(CallerAddCommand)
    mayShowSecrets(this.jsonEnabled())
    const now = systemClock.wall()
    const secret = await secretBehind(flags['client-secret-ref'], await this.settings(flags))
    const token = flags['take-over-stdin'] ? await readSecret('refresh token') : null
    const until =
      flags['take-over-until'] === undefined ? null : readMoment('take-over-until', flags['take-over-until'], now)
    return this.withKeyturn(flags, async (keyturn) => {
      const manage = manageCallers({ keyturn, clock: systemClock, random: randomBytes, log: quietLog })
      const issued = await manage.add({
        name: args.name,
        grants: flags.grant ?? [],
        faces: flags.face as Face[] | undefined,
        ranges: flags.range ?? [],
        anyAddress: flags['any-address'],
        certificates: flags.certificate ?? [],
        sockets: flags.socket ?? [],
        paths: flags.path?.map(readPathRule) ?? null,
        perMinute: flags.rate ?? null,
        expiresAt: flags.expires === undefined ? null : readMoment('expires', flags.expires, now),
        virtualUser: flags.user ?? null,
        client: flags['client-id'] === undefined ? null : { id: flags['client-id'], secret },
        takeOver: token === null || until === null ? null : { token, until },
        publicKey: flags['public-key'] === undefined ? null : readPublicKeyFile(flags['public-key']),
        audiences: flags.audience ?? [],
        realTokens: flags['real-tokens'],
        operator: flags.operator,
      })
      const told = issuedTold(issued)
      this.log(issuedLines(told, now))
      return told
    })
  }
}
