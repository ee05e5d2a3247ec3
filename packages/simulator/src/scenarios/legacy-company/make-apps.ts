/** The apps with their tokens, who may use them, and whose they are. */
import { insertRow } from '../../data/index.ts'
import { insertRow as insertComponent } from '../../metadata/store.ts'
import { appById } from '../../state/apps.ts'
import type { SimApp } from '../../state/apps.ts'
import { addApp } from '../../state/seed.ts'
import { plantGrant } from '../plant-grant.ts'
import { apps } from './apps.ts'
import type { LegacyApp } from './apps.ts'
import { domain } from './people.ts'
import { idOf, userId } from './world.ts'
import type { World } from './world.ts'

export function makeApps(world: World): void {
  const { org, ago, name } = world
  for (const declared of apps) {
    const shown = declared.name === 'Workflow_Zap' ? name(declared.name, 'script') : declared.name
    const id = addApp(org, {
      name: shown,
      kind: declared.kind ?? 'connected',
      callbacks: declared.callbacks,
      scopes: declared.scopes,
      settings: declared.settings,
      ...(declared.jwt === true ? { jwt: true } : {}),
    })
    const app = appById(org, id)
    if (app === undefined) throw new Error(`The app ${shown} was made and can’t be found`)
    if (declared.settings.installed !== false) describe(world, app, declared)
    for (const [user, made, used, count] of declared.uses)
      plantGrant(org, {
        app,
        userId: userId(world, user),
        scopes: declared.scopes,
        createdAt: ago(made),
        lastUsedAt: ago(used + 0.02),
        useCount: count,
      })
  }
}

/** Whose it is and who may use it: rows and metadata beyond what an app’s switches say. */
function describe(world: World, app: SimApp, { namespace, kind, sets = [] }: LegacyApp): void {
  const { org, ago, name } = world
  const table = kind === 'external' ? 'ExternalClientApplication' : 'ConnectedApplication'
  const label = app.name === 'Old_Intranet' ? name('Old Intranet', 'html') : app.name.replaceAll('_', ' ')
  const made = `${new Date(ago(1000)).toISOString().slice(0, 19)}.000+0000`
  org.sql(`UPDATE ${table} SET CreatedDate = ?, LastModifiedDate = ? WHERE Id = ?`).run(made, made, app.id)
  org
    .sql('UPDATE AppMenuItem SET Label = ?, NamespacePrefix = ? WHERE Id = ?')
    .run(label, namespace ?? null, app.menuItemId)
  if (kind === 'external')
    org
      .sql(
        'UPDATE ExternalClientApplication SET MasterLabel = ?, NamespacePrefix = ?, DistributionState = ? WHERE Id = ?',
      )
      .run(label, namespace ?? null, namespace === undefined ? 'Local' : 'Managed', app.id)
  insertComponent(org, {
    id: app.id,
    type: kind === 'external' ? 'ExternalClientApplication' : 'ConnectedApp',
    fullName: namespace === undefined ? app.name : `${namespace}__${app.name}`,
    body: { label, contactEmail: `gina.gold@${domain}` },
    by: userId(world, 'gina.gold'),
  })
  org.sql('UPDATE sim_component SET createdAt = ?, modifiedAt = ? WHERE id = ?').run(ago(1000), ago(1000), app.id)
  for (const set of sets)
    insertRow(org, 'SetupEntityAccess', { ParentId: idOf(world, set), SetupEntityId: app.id, SetupEntityType: table })
}
