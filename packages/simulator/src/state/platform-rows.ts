/** Rows of sobjects that appear as a consequence of logging in and of administering. */
import { dateTimeText, insertRow } from '../data/index.ts'
import type { Org } from './org.ts'

export const platformTime = dateTimeText

export const insertPlatformRow = (org: Org, sobject: string, values: Readonly<Record<string, unknown>>): string =>
  insertRow(org, sobject, values)

/** SetupAuditTrail: who changed what in the setup; null: the platform itself. */
export function recordSetupChange(
  org: Org,
  of: {
    readonly action: string
    readonly section: string | null
    readonly display: string
    readonly by: string | null
  },
): void {
  insertRow(org, 'SetupAuditTrail', {
    Action: of.action,
    Section: of.section,
    Display: of.display,
    CreatedDate: org.now(),
    ...(of.by === null ? {} : { CreatedById: of.by }),
  })
}
