/** Profiles and permission sets that may use an app: rows of SetupEntityAccess, as an administrator's page makes them. */
import { insertRow } from '../../../data/index.ts'
import { sobjectNamed } from '../../../data/catalogue.ts'
import { recordChange } from '../../../data/setup-audit.ts'
import type { SimApp } from '../../../state/apps.ts'
import { approvedSets } from '../../../state/pre-authorized.ts'
import type { Context } from '../../component-type.ts'
import { ComponentProblem } from '../../elements.ts'
import { metadataProfileName, profileNamed } from '../access/profile-names.ts'

export const approvedNames = ({ org }: Context, app: SimApp, of: 'profile' | 'permission-set'): readonly string[] =>
  approvedSets(org, app.id, of).map((name) => (of === 'profile' ? metadataProfileName(name) : name))

function setIdOf({ org }: Context, of: 'profile' | 'permission-set', name: string): string | undefined {
  const row =
    of === 'profile'
      ? org
          .sql('SELECT Id FROM PermissionSet WHERE IsOwnedByProfile = 1 AND ProfileId = ?')
          .get(profileNamed(org, name)?.id ?? '')
      : org.sql('SELECT Id FROM PermissionSet WHERE IsOwnedByProfile = 0 AND (Name = ?1 OR Id = ?1)').get(name)
  return typeof row?.['Id'] === 'string' ? row['Id'] : undefined
}

/** The list as it shall be: names that are missing are added, others are taken away. */
export function setApproved(
  context: Context,
  app: SimApp,
  of: 'profile' | 'permission-set',
  field: string,
  names: readonly string[],
): void {
  const { org, userId } = context
  const sobject = sobjectNamed('SetupEntityAccess')
  if (sobject === undefined) throw new Error('SetupEntityAccess is missing')
  const wanted = new Map<string, string>()
  for (const name of names) {
    const id = setIdOf(context, of, name)
    const kind = of === 'profile' ? 'Profile' : 'PermissionSet'
    if (id === undefined)
      throw new ComponentProblem(`In field: ${field} - no ${kind} named ${name} found`, {
        statusCode: 'INVALID_CROSS_REFERENCE_KEY',
      })
    wanted.set(id, name)
  }
  const present = org
    .sql(
      `SELECT e.* FROM SetupEntityAccess e JOIN PermissionSet s ON s.Id = e.ParentId
       WHERE e.SetupEntityId = ? AND s.IsOwnedByProfile = ?`,
    )
    .all(app.id, Number(of === 'profile'))
  for (const row of present) {
    if (wanted.delete(String(row['ParentId']))) continue
    org.sql('DELETE FROM SetupEntityAccess WHERE Id = ?').run(String(row['Id']))
    recordChange(org, userId, { sobject, before: row, after: null })
  }
  for (const ParentId of wanted.keys()) {
    const SetupEntityType = app.kind === 'connected' ? 'ConnectedApplication' : 'ExternalClientApplication'
    const values = { ParentId, SetupEntityId: app.id, SetupEntityType }
    insertRow(org, 'SetupEntityAccess', values)
    recordChange(org, userId, { sobject, before: null, after: values })
  }
}
