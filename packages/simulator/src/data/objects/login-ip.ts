/** LoginIp: addresses that users have activated, or were challenged from. */
import { checkbox, dateTime, picklist, recordId, reference, text } from '../field.ts'
import { setupObject } from '../sobject.ts'

export const loginIp = setupObject({
  name: 'LoginIp',
  label: 'Login IP',
  keyPrefix: '710',
  deletable: true,
  visibleTo: ['ManageUsers'],
  writableWith: ['ManageUsers'],
  fields: [
    recordId(),
    reference('UsersId', 'User ID', 'User', 'Users'),
    text('SourceIp', 'Source IP', 39, { likeable: false }),
    dateTime('CreatedDate', 'Created Date'),
    checkbox('IsAuthenticated', 'Is Authenticated'),
    dateTime('ChallengeSentDate', 'Challenge Sent Date'),
    picklist('ChallengeMethod', 'Challenge Method', ['Email', 'SMS', 'TOTP_CHOICE', 'TOTP_ONLY']),
  ],
})
