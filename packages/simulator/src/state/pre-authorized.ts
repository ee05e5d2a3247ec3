/** Which users an administrator has approved for an app: by name, by profile, or by a permission set they hold. */
import type { SimApp } from './apps.ts'
import type { Org } from './org.ts'
import { platformTime } from './platform-rows.ts'
import type { SimUser } from './users.ts'

export function isPreAuthorized(org: Org, app: SimApp, user: SimUser): boolean {
  if (app.settings.preAuthorizedUsers.includes(user.username)) return true
  const row = org
    .sql(
      `SELECT 1 FROM SetupEntityAccess e JOIN PermissionSet s ON s.Id = e.ParentId
       WHERE e.SetupEntityId = ?1 AND (
         (s.IsOwnedByProfile = 1 AND s.ProfileId = (SELECT ProfileId FROM User WHERE Id = ?2))
         OR EXISTS (SELECT 1 FROM PermissionSetAssignment a WHERE a.PermissionSetId = s.Id AND a.AssigneeId = ?2
           AND a.IsActive = 1 AND (a.ExpirationDate IS NULL OR a.ExpirationDate > ?3)))`,
    )
    .get(app.id, user.id, platformTime(org.now()))
  return row !== undefined
}

/** Profiles or permission sets (by their names) that have access to an app. */
export const approvedSets = (org: Org, appId: string, of: 'profile' | 'permission-set'): readonly string[] =>
  org
    .sql(
      of === 'profile'
        ? `SELECT p.Name AS name FROM SetupEntityAccess e JOIN PermissionSet s ON s.Id = e.ParentId
           JOIN Profile p ON p.Id = s.ProfileId WHERE e.SetupEntityId = ? AND s.IsOwnedByProfile = 1 ORDER BY p.Name`
        : `SELECT s.Name AS name FROM SetupEntityAccess e JOIN PermissionSet s ON s.Id = e.ParentId
           WHERE e.SetupEntityId = ? AND s.IsOwnedByProfile = 0 ORDER BY s.Name`,
    )
    .all(appId)
    .map((row) => String(row['name']))
