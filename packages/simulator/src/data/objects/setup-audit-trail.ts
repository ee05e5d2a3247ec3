/** SetupAuditTrail: 180 days of setup changes that nobody can delete; counted as a whole and never grouped. */
import { dateTime, recordId, reference, text } from '../field.ts'
import { setupObject } from '../sobject.ts'

export const setupAuditTrail = setupObject({
  name: 'SetupAuditTrail',
  label: 'Setup Audit Trail Entry',
  labelPlural: 'Setup Audit Trail Entries',
  keyPrefix: '0Ym',
  visibleTo: ['ViewSetup', 'ViewSetupAuditTrail'],
  horizon: { column: 'CreatedDate', days: 180 },
  aggregates: 'count-only',
  fields: [
    recordId(),
    text('Action', 'Action', 40, { groupable: false }),
    text('Section', 'Section', 80, { filterable: false, groupable: false }),
    dateTime('CreatedDate', 'Created Date'),
    reference('CreatedById', 'Created By ID', 'User', 'CreatedBy'),
    text('Display', 'Display', 4000, { filterable: false, groupable: false }),
    text('DelegateUser', 'Delegate User', 80, { groupable: false }),
    text('ResponsibleNamespacePrefix', 'Responsible Namespace Prefix', 15),
    text('CreatedByContext', 'Created By Context', 80),
    text('CreatedByIssuer', 'Created By Issuer', 80),
  ],
})
