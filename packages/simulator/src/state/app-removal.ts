/** Apps that an administrator deletes or renames. */
import { endAccessToken } from '../sessions/access-tokens.ts'
import { forgetApps } from './apps.ts'
import type { SimApp } from './apps.ts'
import { grantById, killGrant } from './grants.ts'
import type { Org } from './org.ts'

const rowOf = (app: SimApp): string => (app.kind === 'connected' ? 'ConnectedApplication' : 'ExternalClientApplication')

/** `afterwards`: its grants and sessions end when the deletion is certain. */
export function removeApp(org: Org, app: SimApp, afterwards: (effect: () => void) => void): void {
  for (const [table, column] of [
    ['sim_key_pair', 'appId'],
    ['sim_consumer', 'appId'],
    ['sim_pending_change', 'appId'],
    ['sim_app', 'id'],
    ['SetupEntityAccess', 'SetupEntityId'],
    ['AppMenuItem', 'ApplicationId'],
    [rowOf(app), 'Id'],
  ] as const)
    org.sql(`DELETE FROM ${table} WHERE ${column} = ?`).run(app.id)
  forgetApps(org)
  afterwards(() => {
    for (const { id } of org.sql('SELECT id FROM sim_grant WHERE appId = ? AND live = 1').all(app.id)) {
      const grant = grantById(org, String(id))
      if (grant !== undefined) killGrant(org, 0, grant, 'app-deleted')
    }
    for (const { id } of org.sql('SELECT id FROM sim_access_token WHERE appId = ? AND live = 1').all(app.id))
      endAccessToken(org, String(id), 'app-deleted')
  })
}

export function renameApp(org: Org, app: SimApp, to: string): void {
  org.sql('UPDATE sim_app SET name = ? WHERE id = ?').run(to, app.id)
  org.sql('UPDATE AppMenuItem SET Name = ?, Label = ? WHERE ApplicationId = ?').run(to, to, app.id)
  if (app.kind === 'connected') org.sql('UPDATE ConnectedApplication SET Name = ? WHERE Id = ?').run(to, app.id)
  else org.sql('UPDATE ExternalClientApplication SET DeveloperName = ? WHERE Id = ?').run(to, app.id)
  forgetApps(org)
}
