/** Administrators cannot become anybody without being asked: one setting of the org. */
import { settingControl } from '../setting-control.ts'

export const path = 'Security.enableAdminLoginAsAnyUser'

export const control = settingControl({
  id: 'admin-login-as',
  title: 'Administrators cannot become anybody without being asked',
  severity: 'medium',
  why: 'One stolen administrator account could act as any person, and the trail would show that person.',
  remedy: 'In Setup, Login Access Policies, take back that administrators can log in as any user.',
  effort: 'minutes',
  path,
  catalogues: { healthCheck: ['LoginAccessPolicies.adminLoginAsAnyUser'], shr: ['shr_login_access'] },
  profiles: { baseline: { is: false }, strict: { is: false }, 'health-check': { is: false } },
})
