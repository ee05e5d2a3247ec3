/** Users cannot set their own password through the API: one setting of the org. */
import { settingControl } from '../setting-control.ts'

export const path = 'Security.passwordPolicies.enableSetPasswordInApi'

export const control = settingControl({
  id: 'password-set-by-api',
  title: 'Users cannot set their own password through the API',
  severity: 'low',
  why: 'A session alone, without the old password, would be enough to take the account over for good. Rotation by an administrator is not touched by it.',
  remedy: 'In Setup, Password Policies, disable the use of setPassword() for one’s own password.',
  effort: 'minutes',
  path,
  catalogues: { shr: ['shr_manage_user_passwords'] },
  profiles: { strict: { is: false } },
})
