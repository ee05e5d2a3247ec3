/** TwoFactorInfo: who has a TOTP app registered. Its key can be written and never read. */
import { picklist, recordId, reference, text } from '../field.ts'
import { setupObject } from '../sobject.ts'

export const twoFactorInfo = setupObject({
  name: 'TwoFactorInfo',
  label: 'Two-Factor Info',
  labelPlural: 'Two-Factor Info',
  keyPrefix: '0UT',
  visibleTo: ['ManageTwoFactor'],
  fields: [
    recordId(),
    reference('UserId', 'User ID', 'User', 'User'),
    picklist('Type', 'Type', ['TOTP'], { defaultValue: 'TOTP' }),
    text('SharedKey', 'Shared Key', 255, { filterable: false, sortable: false, groupable: false }),
  ],
})
