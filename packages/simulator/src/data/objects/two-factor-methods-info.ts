/** TwoFactorMethodsInfo: which second factors each user has registered; 500 a page, 2,500 in all. */
import { checkbox, readOnly, recordId, reference, text } from '../field.ts'
import { setupObject } from '../sobject.ts'

const hasMethod = [
  'BuiltInAuthenticator',
  'SalesforceAuthenticator',
  'SecurityKey',
  'TempCode',
  'Totp',
  'U2F',
  'UserVerifiedEmailAddress',
  'UserVerifiedMobileNumber',
  'VerifiedMobileNumber',
]

export const twoFactorMethodsInfo = setupObject({
  name: 'TwoFactorMethodsInfo',
  label: 'Two-Factor Methods Info',
  labelPlural: 'Two-Factor Methods Info',
  keyPrefix: '0Y0',
  visibleTo: ['ManageTwoFactor'],
  paging: { page: 500, cap: 2500 },
  fields: [
    recordId(),
    text('ExternalId', 'External ID', 255, readOnly),
    reference('UserId', 'User ID', 'User', 'User'),
    ...hasMethod.map((method) => checkbox(`Has${method}`, `Has ${method}`)),
  ],
})
