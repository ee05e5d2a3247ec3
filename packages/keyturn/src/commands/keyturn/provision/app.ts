import { resolve } from 'node:path'
import { string as argument } from '@oclif/core/args'
import { boolean, integer, option, string } from '@oclif/core/flags'
import { randomBytes } from 'node:crypto'
import { KeyturnError, systemClock } from '@keyturn/tokens'
import { ChangeCommand } from '../../../change/change-command.ts'
import { changeExit, changeFlags, changeJson } from '../../../change/change-flow.ts'
import type { Json } from '../../../keyturn-command.ts'
import { operatorName } from '../../../operator-name.ts'
import { terminalText } from '../../../output/terminal-text.ts'
import { appFlows } from '../../../posture/provision/app-description.ts'
import type { AppDescription } from '../../../posture/provision/app-description.ts'
import type { MadeApp } from '../../../posture/provision/make-app.ts'

const list = { multiple: true, multipleNonGreedy: true } as const

export default class ProvisionAppCommand extends ChangeCommand {
  static override summary = 'Make a hardened external client app from a short description'
  static override description =
    'PKCE, refresh token rotation, secrets, an idle limit, and users that an administrator approved are not asked for: they are so. What is unsafe is refused, or needs a reason. The app is shown, checked by the org, deployed, and judged by the controls of an audit; its secret goes to a destination of keyturn.yaml and is never shown. With --dir only files are written, without an org. An app that is there is not changed.'
  static override examples = [
    {
      description: 'For a web application; the secret goes where the application reads it',
      command:
        '<%= config.bin %> <%= command.id %> acme Erp_Sync --purpose "ERP synchronisation" --contact ops@acme.example --flow web-server --callback https://erp.acme.example/oauth --token-address 203.0.113.10 --permission-set Erp_Sync_User --create --secret-to erp-vault',
    },
    {
      description: 'For a machine, from a file, only checked by the org',
      command: '<%= config.bin %> <%= command.id %> acme Billing --from billing-app.yaml --dry-run',
    },
    {
      description: 'Files for a pipeline',
      command: '<%= config.bin %> <%= command.id %> Billing --from billing-app.yaml --dir force-app/main/default',
    },
  ]
  static override args = {
    name: argument({
      description: 'Name of the grant whose user makes it; with --dir, the name of the app may stand here alone',
    }),
    app: argument({ description: 'API name of the app' }),
  }
  static override flags = {
    from: string({ helpValue: 'FILE', description: 'Description as YAML; flags count before it (--schema)' }),
    purpose: string({ helpValue: 'TEXT', description: 'What it is for' }),
    contact: string({ helpValue: 'EMAIL', description: 'Who answers for it' }),
    flow: option({ options: appFlows })({ helpValue: 'FLOW', description: appFlows.join(', ') }),
    callback: string({ ...list, helpValue: 'URL', description: 'Exact address of the web-server flow' }),
    scope: string({
      ...list,
      helpValue: 'SCOPE',
      description: 'Default: api, and refresh_token where a person signs in',
    }),
    'permission-set': string({ helpValue: 'NAME', description: 'Who holds it may use the app, and nobody else' }),
    create: boolean({ description: 'Make that permission set, empty, where there is none' }),
    'runs-as': string({ helpValue: 'USERNAME', description: 'API-only user of client credentials' }),
    certificate: string({ helpValue: 'FILE', description: 'PEM file of the certificate for JWT bearer' }),
    'token-address': string({
      ...list,
      helpValue: 'ADDRESS',
      description: 'From where refresh tokens are good: an address, a network, FROM-TO',
    }),
    'idle-days': integer({ min: 1, max: 30, helpValue: 'DAYS', description: 'Unused refresh tokens die; default 30' }),
    'session-minutes': integer({
      min: 15,
      max: 1440,
      helpValue: 'MINUTES',
      description: 'Of access tokens; default: the org’s',
    }),
    'reason-full': string({ helpValue: 'TEXT', description: 'Why it needs the scope full' }),
    'reason-device': string({ helpValue: 'TEXT', description: 'Why it needs the device flow' }),
    'reason-anywhere': string({ helpValue: 'TEXT', description: 'Why refresh tokens must be good from everywhere' }),
    'allow-local': string({ helpValue: 'REASON', description: 'Why a callback is the computer itself, in production' }),
    'secret-to': string({
      helpValue: 'DESTINATION',
      description: 'Destination of keyturn.yaml that gets key and secret',
    }),
    dir: string({ helpValue: 'FOLDER', description: 'Write the files of a project there, and touch no org' }),
    schema: boolean({ description: 'Print the JSON Schema of a description' }),
    ...changeFlags,
  }

  async run(): Promise<Json> {
    const { args, flags } = await this.parse(ProvisionAppCommand)
    const { appDescriptionSchema } = await import('../../../posture/provision/app-description.ts')
    if (flags.schema) {
      const schema = appDescriptionSchema()
      this.log(JSON.stringify(schema, null, 2))
      return { schema }
    }
    const name = args.app ?? (flags.dir === undefined ? undefined : args.name)
    if (name === undefined || args.name === undefined)
      throw new KeyturnError('BAD_ARGUMENT', 'Which app, and in which org?', {
        fix: 'Name a grant and the API name of the app; with --dir the name alone is enough.',
      })
    const description = await this.description(flags, name)
    const { readAppCertificate } = await import('../../../posture/provision/app-certificate-file.ts')
    const certificate =
      description.certificate === undefined
        ? null
        : readAppCertificate(resolve(description.certificate), systemClock.wall())
    if (flags.dir !== undefined) return this.writeFiles(resolve(flags.dir), name, description, certificate)
    return this.changing(args.name, flags, async (changing) => {
      const [{ makeApp }, { agreeOf, carryOf, deliveryTo }] = await Promise.all([
        import('../../../posture/provision/make-app.ts'),
        import('../../../provision/provision-opened.ts'),
      ])
      const { org, keyturn, settings, clock } = changing
      const secretTo = flags['secret-to']
      const made = await makeApp({
        ...{ org, name, description, certificate, clock },
        delivery: secretTo === undefined ? null : await deliveryTo(settings, secretTo),
        store: keyturn.store,
        by: operatorName(),
        random: randomBytes,
        carry: carryOf(changing, { verb: 'provision', data: { what: 'app' } }),
        agree: agreeOf(changing),
      })
      return this.report(name, made)
    })
  }

  private async description(
    flags: Readonly<Record<string, unknown>> & { readonly from?: string | undefined },
    name: string,
  ): Promise<AppDescription> {
    const [{ appDescriptionForm, appName }, { checkedDescription, readDescription }] = await Promise.all([
      import('../../../posture/provision/app-description.ts'),
      import('../../../posture/provision/read-description.ts'),
    ])
    if (!appName.safeParse(name).success)
      throw new KeyturnError('BAD_ARGUMENT', `"${terminalText(name.slice(0, 80))}" is no API name`, {
        fix: 'Letters, digits and single underscores, beginning with a letter; 80 at most.',
      })
    const file = flags.from === undefined ? {} : readDescription(resolve(flags.from))
    const given = {
      purpose: flags['purpose'],
      contact: flags['contact'],
      flow: flags['flow'],
      callbacks: flags['callback'],
      scopes: flags['scope'],
      permissionSet: flags['permission-set'],
      createPermissionSet: flags['create'] === true ? true : undefined,
      runsAs: flags['runs-as'],
      certificate: flags['certificate'],
      tokenAddresses: flags['token-address'],
      idleDays: flags['idle-days'],
      sessionMinutes: flags['session-minutes'],
    }
    const why = {
      full: flags['reason-full'],
      device: flags['reason-device'],
      anywhere: flags['reason-anywhere'],
      localCallback: flags['allow-local'],
    }
    const present = (all: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> =>
      Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined))
    const reasons = present(why)
    const old = file['reasons']
    const both = {
      ...file,
      ...present(given),
      ...(Object.keys(reasons).length === 0
        ? {}
        : { reasons: { ...(typeof old === 'object' ? old : {}), ...reasons } }),
    }
    return checkedDescription(appDescriptionForm, both, flags.from ?? 'the description')
  }

  private async writeFiles(
    folder: string,
    name: string,
    description: AppDescription,
    certificate: string | null,
  ): Promise<Json> {
    const [
      { appComponents, approvalSet, newestSurface },
      { refuseUnsafe },
      { sourceFiles, writeSourceFiles },
      clicksOf,
    ] = await Promise.all([
      import('../../../posture/provision/app-files.ts'),
      import('../../../posture/provision/app-objections.ts'),
      import('../../../posture/provision/source-files.ts'),
      import('../../../posture/provision/app-clicks.ts'),
    ])
    refuseUnsafe(description, { sandbox: null })
    const components = [
      ...(description.createPermissionSet === true ? [approvalSet(description.permissionSet, name)] : []),
      ...appComponents({ name, description, surface: newestSurface, certificate, pair: null }),
    ]
    const files = writeSourceFiles(folder, sourceFiles(components))
    const clicks = clicksOf.appClicks({
      name,
      description,
      surface: newestSurface,
      secretDelivered: false,
      toAssign: true,
    })
    for (const file of files) this.log(terminalText(file))
    this.log(
      '\nFor an org of API 67 or newer; an older one has no refresh-token allowlist and no idle limit by metadata.',
    )
    this.tellClicks(clicks)
    return { files, clicks }
  }

  private tellClicks(clicks: readonly string[]): void {
    if (clicks.length === 0) return
    this.log('\nWhat is left for a person:')
    for (const [index, click] of clicks.entries()) this.log(`  ${index + 1}. ${terminalText(click)}`)
  }

  private report(name: string, made: MadeApp): Json {
    const { carried, key, delivered, judgement, clicks, done } = made
    const there = carried !== null && (carried.is === 'applied' || carried.is === 'nothing-to-do')
    if (judgement !== null) {
      const { passed, failed, accepted, unknown } = judgement
      this.log('')
      if (failed.length === 0)
        this.log(`${this.paint('green', '✓')} ${passed.length} controls of an audit find nothing wrong with it.`)
      for (const { control, text } of failed) this.log(`${this.paint('red', '✗')} ${control}: ${terminalText(text)}`)
      for (const { control, text } of accepted)
        this.log(`  ${control}: as asked for, with a reason. ${terminalText(text)}`)
      for (const { control, text } of unknown) this.log(`? ${control}: ${terminalText(text)}`)
    }
    if (there) {
      this.log(`\n${name}: consumer key ${key === null ? 'not shown by this org' : terminalText(key)}`)
      if (delivered !== null) this.log(`Key and secret are in ${terminalText(delivered)}`)
      else if (!done && judgement?.failed.length === 0)
        this.tell(
          '→ Its secret is kept sealed here: run the same command with --secret-to DESTINATION and --yes.',
          '  ',
        )
      if (carried.is === 'nothing-to-do') this.tellClicks(clicks)
    }
    process.exitCode = carried === null ? 0 : done || !there ? changeExit(carried) : 1
    return {
      app: name,
      done,
      consumerKey: key,
      delivered,
      judgement,
      clicks,
      change: carried === null ? null : changeJson(carried),
    }
  }
}
