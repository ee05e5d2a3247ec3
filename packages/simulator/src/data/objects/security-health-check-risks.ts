/** SecurityHealthCheckRisks (Tooling): one row a setting of the baseline; the labels are for people, DurableId names the setting. */
import { picklist, recordId, reference, text } from '../field.ts'
import { setupObject } from '../sobject.ts'

export const securityHealthCheckRisks = setupObject({
  name: 'SecurityHealthCheckRisks',
  label: 'Security Health Check Risk',
  keyPrefix: null,
  storage: 'virtual',
  api: 'tooling',
  visibleTo: ['ViewSetup', 'ViewHealthCheck'],
  fields: [
    recordId(),
    text('DurableId', 'Durable ID', 255),
    reference('SecurityHealthCheckId', 'Security Health Check ID', 'SecurityHealthCheck', 'SecurityHealthCheck', {
      childRelationshipName: 'SecurityHealthCheckRisks',
    }),
    picklist('RiskType', 'Risk Type', ['HIGH_RISK', 'MEDIUM_RISK', 'MEETS_STANDARD']),
    text('Setting', 'Setting', 255),
    text('SettingGroup', 'Setting Group', 255),
    picklist('SettingRiskCategory', 'Setting Risk Category', ['HIGH_RISK', 'MEDIUM_RISK', 'LOW_RISK', 'INFORMATIONAL']),
    text('OrgValue', 'Org Value', 255),
    text('OrgValueRaw', 'Org Value (raw)', 255),
    text('StandardValue', 'Standard Value', 255),
    text('StandardValueRaw', 'Standard Value (raw)', 255),
  ],
})
