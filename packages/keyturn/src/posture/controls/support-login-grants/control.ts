/** People cannot let others log in as them on their own: one setting of the org. */
import { settingControl } from '../setting-control.ts'

export const path = 'Security.canUsersGrantLoginAccess'

export const control = settingControl({
  id: 'support-login-grants',
  title: 'People cannot let others log in as them on their own',
  severity: 'low',
  why: 'A caller who says they are from support needs one click of a helpful person.',
  remedy: 'In Setup, Login Access Policies, let administrators alone grant access to support and publishers.',
  effort: 'minutes',
  path,
  catalogues: { shr: ['shr_login_access'] },
  profiles: { strict: { is: false } },
})
