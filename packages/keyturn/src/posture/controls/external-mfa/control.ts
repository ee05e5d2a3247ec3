/** Customers and partners with much access and no second factor. */
import { apart, given, right, wrong } from '../looks.ts'
import { isInternal, userControl } from '../user-control.ts'

const sensitive = ['ViewAllData', 'ModifyAllData', 'ApiEnabled', 'ExportReport', 'DataExport']

export const control = userControl({
  id: 'external-mfa',
  title: 'Customers and partners with much access are asked for a second factor',
  severity: 'high',
  why: 'Their devices and passwords are in nobody’s care here, and a partner may see more than many colleagues.',
  remedy:
    'Give these users the permission for multi-factor authentication of user interface logins, with strong methods enabled.',
  effort: 'days',
  catalogues: { sbs: ['SBS-AUTH-004'] },
  profiles: { strict: {}, sbs: {} },
  who: 'active',
  wrong: 'much access, without a second factor',
  look: (user) => {
    if (isInternal(user) || user.userType === 'Guest') return apart
    return given(user.permissions, (held) => {
      if (!held.some((permission) => sensitive.includes(permission))) return apart
      return held.includes('ForceTwoFactor')
        ? right
        : wrong('Is not asked for a second factor.', { userType: user.userType })
    })
  },
})
