import { resolve } from 'node:path'
import { string as argument } from '@oclif/core/args'
import { boolean, integer, string } from '@oclif/core/flags'
import { randomBytes } from 'node:crypto'
import { KeyturnError } from '@keyturn/tokens'
import { ChangeCommand } from '../../../change/change-command.ts'
import type { Changing } from '../../../change/change-command.ts'
import { changeExit, changeFlags, changeJson } from '../../../change/change-flow.ts'
import type { Json } from '../../../keyturn-command.ts'
import { operatorName } from '../../../operator-name.ts'
import { terminalText } from '../../../output/terminal-text.ts'
import type { MadeMigration, MakeMigration } from '../../../posture/migrate/make-migration.ts'
import type { Migration } from '../../../posture/migrate/migration.ts'
import type { SwitchPlan } from '../../../posture/migrate/switch-plan.ts'

export default class MigrateConnectedAppCommand extends ChangeCommand {
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
    name: argument({ required: true, description: 'Name of the grant whose user reads and deploys' }),
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
    return this.changing(args.name, flags, async (changing) => {
      const [opened, { migrationOf }, { appSurface }, { switchPlan }, screens] = await Promise.all([
        import('../../../migrate/migrate-opened.ts'),
        import('../../../posture/migrate/migrate-app.ts'),
        import('../../../posture/provision/app-place.ts'),
        import('../../../posture/migrate/switch-plan.ts'),
        import('../../../migrate/migrate-screen.ts'),
      ])
      const { org, screen, log } = changing
      const old = await opened.findOldApp(org, args.app)
      // Files may go to another org; this one need not have the types.
      const { refreshTokenTtl } = flags.dir !== undefined ? { refreshTokenTtl: true } : await appSurface(org)
      const { name, harden } = flags
      const migration = migrationOf(old.fullName, old.body, { name, harden, refreshTokenTtl })
      const { ifBlocked, before, snapshot } = await opened.seenOf(changing, old.fullName)
      if (before === null)
        throw new KeyturnError('ORG_REFUSED', `What this user may see of ${old.fullName} is not enough to compare it`, {
          fix: '`keyturn audit NAME --preflight` names the permissions.',
        })
      for (const line of screens.migrationLines(migration, screen)) log(line)
      log('')
      const { from, to, moves, hardening } = migration
      const about = { from, to, moves, hardening, blind: ifBlocked.blind, consumerKeyChanges: true }
      const plan = (delivered: string | null): SwitchPlan => {
        const planned = switchPlan({
          ...{ from, to, delivered, days: flags['drain-days'] },
          ...{ flows: before.flows, permittedUsers: before.permittedUsers, hardened: hardening.length > 0 },
          machines: opened.machinesIn(snapshot),
          uses: [...ifBlocked.cutOff, ...ifBlocked.possible],
          todos: [...new Set(todosOf(migration))],
        })
        for (const line of screens.planLines(planned, screen)) log(line)
        return planned
      }
      if (flags.dir !== undefined) {
        const files = await this.writeFiles(resolve(flags.dir), migration)
        return { ...about, files, plan: plan(null) }
      }
      const made = await this.make(changing, {
        migration,
        before,
        orgId: snapshot.org.id,
        secretTo: flags['secret-to'],
      })
      const { carried, key, delivered, differences, done } = made
      // A change that was applied says itself whether it read back the same.
      const unsaid = carried.is === 'nothing-to-do' ? differences : null
      for (const line of screens.differenceLines(unsaid, screen)) log(line)
      if (key !== null) log(`${to}: consumer key ${terminalText(key)}`)
      if (delivered !== null) log(`Key and secret are in ${terminalText(delivered)}`)
      const same = differences === null || differences.length === 0
      process.exitCode = same ? changeExit(carried) : 1
      const planned = plan(delivered)
      return { ...about, consumerKey: key, delivered, differences, done, change: changeJson(carried), plan: planned }
    })
  }

  private async writeFiles(folder: string, migration: Migration): Promise<readonly string[]> {
    const [{ sourceFiles, writeSourceFiles }, { migrationComponents }] = await Promise.all([
      import('../../../posture/provision/source-files.ts'),
      import('../../../posture/migrate/migrate-app.ts'),
    ])
    const files = writeSourceFiles(folder, sourceFiles(migrationComponents(migration, null)))
    for (const file of files) this.log(terminalText(file))
    return files
  }

  private async make(
    changing: Changing,
    {
      migration,
      before,
      orgId,
      secretTo,
    }: Pick<MakeMigration, 'migration' | 'before' | 'orgId'> & {
      readonly secretTo: string | undefined
    },
  ): Promise<MadeMigration> {
    const [{ makeMigration }, { collectedApp }, { agreeOf, carryOf, deliveryTo }] = await Promise.all([
      import('../../../posture/migrate/make-migration.ts'),
      import('../../../migrate/migrate-opened.ts'),
      import('../../../provision/provision-opened.ts'),
    ])
    const { org, clock, keyturn, settings } = changing
    return makeMigration({
      ...{ org, orgId, migration, before, clock, random: randomBytes },
      store: keyturn.store,
      collectNew: () => collectedApp(org, migration.to, () => undefined),
      delivery: secretTo === undefined ? null : await deliveryTo(settings, secretTo),
      by: operatorName(),
      carry: carryOf(changing, { verb: 'migrate', data: { what: 'connected-app' } }),
      agree: agreeOf(changing),
    })
  }
}

/** What a person has to make anew; that key and secret are others is a step of its own. */
const todosOf = ({ moves }: Migration): readonly string[] =>
  moves.flatMap(({ how, element, todo }) =>
    how === 'not-carried' && todo !== null && !element.startsWith('oauthConfig.consumer') ? [todo] : [],
  )
