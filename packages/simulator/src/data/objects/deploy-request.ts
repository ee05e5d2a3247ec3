/** DeployRequest (Tooling): the deployments of the org, whoever sent them by which API, and what became of them. */
import { checkbox, dateTime, picklist, recordId, reference } from '../field.ts'
import { setupObject } from '../sobject.ts'

export const deployRequest = setupObject({
  name: 'DeployRequest',
  label: 'Deploy Request',
  keyPrefix: '0Af',
  storage: 'virtual',
  api: 'tooling',
  visibleTo: ['ViewSetup', 'ModifyMetadata'],
  fields: [
    recordId(),
    picklist('Status', 'Status', [
      'Pending',
      'InProgress',
      'Succeeded',
      'SucceededPartial',
      'Failed',
      'Canceling',
      'Canceled',
    ]),
    checkbox('CheckOnly', 'Check Only'),
    dateTime('StartDate', 'Start Date'),
    dateTime('CompletedDate', 'Completed Date'),
    dateTime('CreatedDate', 'Created Date'),
    reference('CreatedById', 'Created By ID', 'User', 'CreatedBy'),
  ],
})
