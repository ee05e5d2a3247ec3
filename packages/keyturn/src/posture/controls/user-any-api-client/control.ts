/** Who may reach the API with any client, whatever API Access Control says. */
import { holdersControl } from '../holders-control.ts'

export const permission = 'UseAnyApiClient'

export const control = holdersControl({
  id: 'user-any-api-client',
  title: 'Nobody walks around API Access Control',
  severity: 'critical',
  why: 'With it a stolen password or session reaches the API through any tool; the list of approved apps protects everybody else.',
  remedy: 'Take the permission away and permit the apps these users need.',
  effort: 'hours',
  catalogues: { sbs: ['SBS-ACS-006'], shr: ['shr_use_any_api_restriction'] },
  profiles: { baseline: { documented: [] }, strict: { documented: [] }, sbs: { documented: [] } },
  permission,
  wrong: 'may use any API client, without a reason on record',
})
