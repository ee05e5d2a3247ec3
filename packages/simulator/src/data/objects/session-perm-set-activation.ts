/** SessionPermSetActivation: session-based permission sets that are active now. */
import { auditFields, recordId, reference, text } from '../field.ts'
import { setupObject } from '../sobject.ts'

export const sessionPermSetActivation = setupObject({
  name: 'SessionPermSetActivation',
  label: 'Session Permission Set Activation',
  keyPrefix: '0SP',
  visibleTo: ['ManageSessionPermissionSets', 'ViewSetup'],
  fields: [
    recordId(),
    reference('AuthSessionId', 'Auth Session ID', 'AuthSession', 'AuthSession'),
    reference('PermissionSetId', 'Permission Set ID', 'PermissionSet', 'PermissionSet'),
    reference('UserId', 'User ID', 'User', 'User'),
    text('Description', 'Description', 255),
    ...auditFields(),
  ],
})
