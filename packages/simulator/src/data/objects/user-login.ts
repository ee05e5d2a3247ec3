/** UserLogin: whether a user is frozen or locked out. */
import { checkbox, dateTime, readOnly, recordId, reference } from '../field.ts'
import { setupObject } from '../sobject.ts'

export const userLogin = setupObject({
  name: 'UserLogin',
  label: 'User Login',
  keyPrefix: '0Yw',
  updateable: true,
  visibleTo: ['ManageUsers'],
  writableWith: ['ManageUsers'],
  fields: [
    recordId(),
    reference('UserId', 'User ID', 'User', null, readOnly),
    checkbox('IsFrozen', 'Frozen'),
    checkbox('IsPasswordLocked', 'Password Locked'),
    dateTime('LastModifiedDate', 'Last Modified Date', readOnly),
    reference('LastModifiedById', 'Last Modified By ID', 'User', 'LastModifiedBy', readOnly),
  ],
})
