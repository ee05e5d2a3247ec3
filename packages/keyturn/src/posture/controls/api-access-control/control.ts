/** Only approved apps reach the API: one setting of the org. */
import { settingControl } from '../setting-control.ts'

export const path = 'ConnectedApp.enableAdminApprovedAppsOnly'

export const control = settingControl({
  id: 'api-access-control',
  title: 'Only approved apps reach the API',
  severity: 'high',
  why: 'Otherwise any person with API access can connect any tool, and vishing callers count on that. Where the org does not have the setting, Salesforce Support has to provide API Access Control first.',
  remedy:
    'In Setup, API Access Control, limit API access to installed apps that were approved; install and permit the ones in use first.',
  effort: 'days',
  path,
  catalogues: { shr: ['shr_use_any_api_restriction'] },
  profiles: { baseline: { is: true }, strict: { is: true } },
})
