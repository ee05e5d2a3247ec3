import { resolve } from 'node:path'
import { string as argument } from '@oclif/core/args'
import { boolean, integer, string } from '@oclif/core/flags'
import { randomBytes } from 'node:crypto'
import { KeyturnError, systemClock } from '@keyturn/tokens'
import { changeExit, changeFlags, changeJson } from '../../../change/change-flow.ts'
import { KeyturnCommand } from '../../../keyturn-command.ts'
import type { Json } from '../../../keyturn-command.ts'
import { operatorName } from '../../../operator-name.ts'
import { terminalText } from '../../../output/terminal-text.ts'

export default class MigrateConnectedAppCommand extends KeyturnCommand {
  static override summary = 'Make the external client app that a connected app would be, and plan the switch'
  static override description =
    'Reads the connected app and makes its equal beside it: every element is carried over as it is, in another form, or listed with why not and what to do. The old app is not touched. The new one has a consumer key of its own; it is read back and compared, and its key and secret go to a destination of keyturn.yaml and are never shown. With --dir only files are written. The plan says who uses the old app, in which order they are best moved, and when it may be blocked and deleted. Exit codes: 0 done, or shown; 1 not confirmed, or the new app is not the same; others are errors.'
  static override examples = [
    {
      description: 'What would be carried over, checked by the org, and the plan',
      command: '<%= config.bin %> <%= command.id %> acme ERP_Sync --dry-run',
    },
    {
      description: 'Made, stricter than the old one, with key and secret where the ERP reads them',
      command: '<%= config.bin %> <%= command.id %> acme ERP_Sync --harden --secret-to erp-vault',
    },
    {
      description: 'Files for a pipeline',
      command: '<%= config.bin %> <%= command.id %> acme ERP_Sync --dir force-app/main/default',
    },
  ]
  static override args = {
    grant: argument({ required: true, description: 'Grant whose user reads and deploys' }),
    app: argument({ required: true, description: 'API name or label of the connected app' }),
  }
  static override flags = {
    name: string({ helpValue: 'NAME', description: 'API name of the new app; default: the old one with _ECA' }),
    harden: boolean({
      description: 'PKCE, rotation, secrets, an idle limit and approved users, each listed as a difference',
    }),
    'secret-to': string({
      helpValue: 'DESTINATION',
      description: 'Destination of keyturn.yaml that gets the new key and secret',
    }),
    dir: string({
      helpValue: 'FOLDER',
      exclusive: ['secret-to'],
      description: 'Write the files of a project there, and change no org',
    }),
    'drain-days': integer({
      min: 1,
      max: 90,
      default: 14,
      helpValue: 'DAYS',
      description: 'Without a use for so long the old app counts as drained',
    }),
    ...changeFlags,
  }

  async run(): Promise<Json> {
    const { args, flags } = await this.parse(MigrateConnectedAppCommand)
    return this.withKeyturn(flags, async (keyturn, settings) => {
      const [opened, { orgConnection }, { migrationOf }, { appSurface }, { switchPlan }, screens] = await Promise.all([
        import('../../../migrate/migrate-opened.ts'),
        import('../../../org/connection.ts'),
        import('../../../posture/migrate/migrate-app.ts'),
        import('../../../posture/provision/app-place.ts'),
        import('../../../posture/migrate/switch-plan.ts'),
        import('../../../migrate/migrate-screen.ts'),
      ])
      const org = orgConnection(keyturn, args.grant)
      const progress = this.progress()
      const tell = (text: string): void => progress.say(text)
      const screen = { paint: this.paint, width: this.width, now: systemClock.wall(), bin: this.bin }
      try {
        const old = await opened.findOldApp(org, args.app)
        // Files may go to another org; this one need not have the types.
        const { refreshTokenTtl } = flags.dir !== undefined ? { refreshTokenTtl: true } : await appSurface(org)
        const { name, harden } = flags
        const migration = migrationOf(old.fullName, old.body, { name, harden, refreshTokenTtl })
        const seen = await opened.seenOf({ keyturn, org, tell }, old.fullName)
        progress.done()
        const { ifBlocked, before, snapshot } = seen
        const { users } = snapshot.facts
        const machines = new Set(
          users.is === 'known'
            ? users.value.flatMap(({ username, nature }) => (nature.is === 'machine' ? [username.toLowerCase()] : []))
            : [],
        )
        const left = migration.moves.flatMap(({ how, element, todo }) =>
          how === 'not-carried' && todo !== null && !element.startsWith('oauthConfig.consumer') ? [todo] : [],
        )
        if (before === null)
          throw new KeyturnError(
            'ORG_REFUSED',
            `What this user may see of ${old.fullName} is not enough to compare it`,
            {
              fix: '`keyturn audit GRANT --preflight` names the permissions.',
            },
          )
        const plan = (delivered: string | null) =>
          switchPlan({
            ...{ from: migration.from, to: migration.to, machines, delivered, days: flags['drain-days'] },
            ...{ flows: before.flows, permittedUsers: before.permittedUsers, hardened: migration.hardening.length > 0 },
            uses: [...ifBlocked.cutOff, ...ifBlocked.possible],
            todos: [...new Set(left)],
          })
        for (const line of screens.migrationLines(migration, screen)) this.log(line)
        const { from, to, moves, hardening } = migration
        const about = { from, to, moves, hardening, blind: ifBlocked.blind, consumerKeyChanges: true }
        if (flags.dir !== undefined) {
          const [{ sourceFiles, writeSourceFiles }, { migrationComponents }] = await Promise.all([
            import('../../../posture/provision/source-files.ts'),
            import('../../../posture/migrate/migrate-app.ts'),
          ])
          const files = writeSourceFiles(resolve(flags.dir), sourceFiles(migrationComponents(migration, null)))
          this.log('')
          for (const file of files) this.log(terminalText(file))
          const planned = plan(null)
          for (const line of screens.planLines(planned, screen)) this.log(line)
          return { ...about, files, plan: planned }
        }
        const [{ makeMigration }, { carryOf, deliveryTo }] = await Promise.all([
          import('../../../posture/migrate/make-migration.ts'),
          import('../../../provision/provision-opened.ts'),
        ])
        this.log('')
        const made = await makeMigration({
          ...{ org, orgId: snapshot.org.id, migration, before, random: randomBytes, clock: systemClock },
          store: keyturn.store,
          collectNew: () => opened.collectedApp(org, migration.to, () => undefined),
          delivery: flags['secret-to'] === undefined ? null : await deliveryTo(settings, flags['secret-to']),
          by: operatorName(),
          carry: carryOf(
            {
              ...{ keyturn, org, flags, screen, tell },
              data: { what: 'connected-app' },
              attended: process.stdin.isTTY && process.stdout.isTTY && !this.jsonEnabled(),
              log: (text) => this.log(text),
            },
            'migrate',
          ),
        })
        const { carried, key, delivered, differences, done } = made
        // A change that was applied says itself whether it read back the same.
        const unsaid = carried.is === 'nothing-to-do' ? differences : null
        for (const line of screens.differenceLines(unsaid, screen)) this.log(line)
        if (key !== null) this.log(`${to}: consumer key ${terminalText(key)}`)
        if (delivered !== null) this.log(`Key and secret are in ${terminalText(delivered)}`)
        const planned = plan(delivered)
        for (const line of screens.planLines(planned, screen)) this.log(line)
        const same = differences === null || differences.length === 0
        process.exitCode = same ? changeExit(carried) : 1
        return { ...about, consumerKey: key, delivered, differences, done, change: changeJson(carried), plan: planned }
      } finally {
        progress.done()
      }
    })
  }
}
