/**
 * Licences as the org counts them: seats of users and of permission sets, and what a user's licence doesn't allow. A user
 * of the licence Salesforce Integration may hold no permission on objects before it holds the permission set licence
 * Salesforce API Integration: assigned in the other order, the permission set is refused.
 */
import type { SimOrg } from '../route.ts'
import { ApiError } from './api-error.ts'
import type { Row } from './setup-audit.ts'
import type { SObject } from './sobject.ts'
import { prepared } from './statements.ts'

export const integrationLicense = 'Salesforce Integration'
export const integrationSetLicense = 'SalesforceAPIIntegrationPsl'

const usersOfLicense = `SELECT COUNT(*) FROM "User" u JOIN "Profile" p ON p."Id" = u."ProfileId"
  WHERE u."IsActive" = 1 AND p."UserLicenseId" = "UserLicense"."Id"`
const holdersOfSetLicense = `SELECT COUNT(*) FROM "PermissionSetLicenseAssign" a
  WHERE a."PermissionSetLicenseId" = "PermissionSetLicense"."Id"`

/** What is used is what is there. `seeding`: an org that was made with more users than seats has as many seats. */
export function countLicenses(org: SimOrg, seeding = false): void {
  org.db.exec(`UPDATE "UserLicense" SET "UsedLicenses" = (${usersOfLicense});
    UPDATE "PermissionSetLicense" SET "UsedLicenses" = (${holdersOfSetLicense})`)
  if (!seeding) return
  for (const table of ['UserLicense', 'PermissionSetLicense'])
    org.db.exec(`UPDATE "${table}" SET "TotalLicenses" = MAX("TotalLicenses", "UsedLicenses")`)
}

function requireSeat(org: SimOrg, table: 'UserLicense' | 'PermissionSetLicense', id: unknown): void {
  countLicenses(org)
  const row = prepared(org.db, `SELECT "UsedLicenses" AS used, "TotalLicenses" AS total FROM "${table}" WHERE "Id" = ?`)
  const found = row.get(String(id))
  if (Number(found?.['used'] ?? 0) > Number(found?.['total'] ?? 0))
    throw new ApiError(400, 'LICENSE_LIMIT_EXCEEDED', 'License Limit Exceeded')
}

function refuseDuplicate(org: SimOrg, sobject: SObject, after: Row, of: string): void {
  const twins = prepared(
    org.db,
    `SELECT COUNT(*) AS n FROM "${sobject.name}" WHERE "AssigneeId" = ? AND "${of}" = ? AND "Id" <> ?`,
  ).get(String(after['AssigneeId']), String(after[of]), String(after['Id']))
  if (Number(twins?.['n'] ?? 0) > 0)
    throw new ApiError(
      400,
      'DUPLICATE_VALUE',
      `Duplicate ${sobject.name}. Assignee: ${String(after['AssigneeId'])}; ${of}: ${String(after[of])}`,
    )
}

function requireSetLicense(org: SimOrg, after: Row): void {
  const [user, set] = [String(after['AssigneeId']), String(after['PermissionSetId'])]
  const limited = prepared(
    org.db,
    `SELECT u."Username" AS username FROM "User" u JOIN "Profile" p ON p."Id" = u."ProfileId"
    JOIN "UserLicense" l ON l."Id" = p."UserLicenseId" WHERE u."Id" = ? AND l."Name" = '${integrationLicense}'
    AND NOT EXISTS (SELECT 1 FROM "PermissionSetLicenseAssign" a
      JOIN "PermissionSetLicense" s ON s."Id" = a."PermissionSetLicenseId"
      WHERE a."AssigneeId" = u."Id" AND s."DeveloperName" = '${integrationSetLicense}')`,
  ).get(user)
  if (limited === undefined) return
  const wants = prepared(
    org.db,
    `SELECT o."SobjectType" AS object, s."Label" AS label FROM "ObjectPermissions" o
    JOIN "PermissionSet" s ON s."Id" = o."ParentId" WHERE o."ParentId" = ? AND s."IsOwnedByProfile" = 0
    AND o."PermissionsRead" = 1 ORDER BY o."SobjectType" LIMIT 1`,
  ).get(set)
  if (wants === undefined) return
  throw new ApiError(
    400,
    'FIELD_INTEGRITY_EXCEPTION',
    `Can't assign permission set ${String(wants['label'])} to user ${String(limited['username'])}. The user license doesn't allow the permission: Read ${String(wants['object'])}`,
    ['PermissionSetId'],
  )
}

/** Within the write: throws where a licence stands against what was just written. */
export function checkLicenses(org: SimOrg, sobject: SObject, before: Row | null, after: Row): void {
  if (sobject.name === 'User') {
    const gains = after['IsActive'] === 1 && (before?.['IsActive'] !== 1 || before['ProfileId'] !== after['ProfileId'])
    const license = prepared(org.db, `SELECT "UserLicenseId" AS id FROM "Profile" WHERE "Id" = ?`)
    if (gains) requireSeat(org, 'UserLicense', license.get(String(after['ProfileId']))?.['id'])
    else countLicenses(org)
  }
  if (sobject.name === 'PermissionSetLicenseAssign') {
    refuseDuplicate(org, sobject, after, 'PermissionSetLicenseId')
    requireSeat(org, 'PermissionSetLicense', after['PermissionSetLicenseId'])
  }
  if (sobject.name === 'PermissionSetAssignment') {
    refuseDuplicate(org, sobject, after, 'PermissionSetId')
    requireSetLicense(org, after)
  }
}
