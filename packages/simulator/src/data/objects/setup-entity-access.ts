/** SetupEntityAccess: which permission sets may use an app. */
import { dateTime, picklist, recordId, reference } from '../field.ts'
import { setupObject } from '../sobject.ts'

export const setupEntityAccess = setupObject({
  name: 'SetupEntityAccess',
  label: 'Setup Entity Access',
  labelPlural: 'Setup Entity Access',
  keyPrefix: '0J0',
  createable: true,
  deletable: true,
  visibleTo: ['ViewSetup'],
  writableWith: ['ManageProfilesPermissionsets'],
  fields: [
    recordId(),
    reference('ParentId', 'Parent ID', 'PermissionSet', 'Parent', {
      nillable: false,
      childRelationshipName: 'SetupEntityAccessItems',
      cascadeDelete: true,
    }),
    reference('SetupEntityId', 'Setup Entity ID', 'ConnectedApplication', null, { nillable: false }),
    picklist(
      'SetupEntityType',
      'Setup Entity Type',
      [
        'ApexClass',
        'ConnectedApplication',
        'CustomPermission',
        'ExternalClientApplication',
        'ExternalCredentialParameter',
        'TabSet',
      ],
      {
        createable: false,
        defaultValue: 'ConnectedApplication',
      },
    ),
    dateTime('SystemModstamp', 'System Modstamp', { createable: false, updateable: false }),
  ],
})
