/** AuthSession: the sessions that live; deleting one ends it. */
import { checkbox, dateTime, integer, picklist, recordId, reference, text } from '../field.ts'
import { loginTypes } from '../login-types.ts'
import { setupObject } from '../sobject.ts'

export const authSession = setupObject({
  name: 'AuthSession',
  label: 'Auth Session',
  keyPrefix: '0Ak',
  deletable: true,
  writableWith: [],
  ownRows: { column: 'UsersId', unless: ['ManageUsers'] },
  fields: [
    recordId(),
    reference('UsersId', 'User ID', 'User', 'Users'),
    dateTime('CreatedDate', 'Created Date'),
    dateTime('LastModifiedDate', 'Updated'),
    integer('NumSecondsValid', 'Valid For'),
    picklist('UserType', 'User Type', ['Standard', 'Guest']),
    text('SourceIp', 'Source IP', 39, { likeable: false }),
    picklist('LoginType', 'Login Type', loginTypes),
    picklist('SessionType', 'Session Type', [
      'API',
      'APIOnlyUser',
      'Oauth2',
      'OauthApprovalUI',
      'SubstituteUser',
      'UI',
    ]),
    picklist('SessionSecurityLevel', 'Session Security Level', ['LOW', 'STANDARD', 'HIGH_ASSURANCE']),
    text('LogoutUrl', 'Logout URL', 1500, { sortable: false, groupable: false }),
    reference('ParentId', 'Session ID', 'AuthSession', 'Parent'),
    reference('LoginHistoryId', 'Login Event ID', 'LoginHistory', 'LoginHistory'),
    reference('LoginGeoId', 'Login Geo Data ID', 'LoginGeo', 'LoginGeo'),
    checkbox('IsCurrent', 'Is Current', { filterable: false, sortable: false, groupable: false }),
  ],
})
