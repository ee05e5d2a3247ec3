/** Only approved apps reach the API for customers and partners: one setting of the org. */
import { settingControl } from '../setting-control.ts'

export const path = 'ConnectedApp.enableAdminApprovedAppsOnlyForExternalUser'

export const control = settingControl({
  id: 'api-access-control-external',
  title: 'Only approved apps reach the API for customers and partners',
  severity: 'medium',
  why: 'External users approve apps as easily as colleagues do, and nobody can train them.',
  remedy: 'In Setup, API Access Control, limit the apps of external users too.',
  effort: 'hours',
  path,
  catalogues: {},
  profiles: { strict: { is: true } },
})
