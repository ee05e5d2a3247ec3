/** A password reset ends all sessions of the user: one setting of the org. */
import { settingControl } from '../setting-control.ts'

export const path = 'Security.sessionSettings.terminateUserSessionsWhenAdminResetsPassword'

export const control = settingControl({
  id: 'reset-ends-sessions',
  title: 'A password reset ends all sessions of the user',
  severity: 'medium',
  why: 'A thief who is already in stays in when only the password changes.',
  remedy: 'In Setup, Session Settings, terminate all sessions of a user when an administrator resets the password.',
  effort: 'minutes',
  path,
  catalogues: { healthCheck: ['SessionSettings.terminateSessionsOnPasswordReset'], shr: ['shr_session_settings'] },
  profiles: { baseline: { is: true }, strict: { is: true }, 'health-check': { is: true } },
})
