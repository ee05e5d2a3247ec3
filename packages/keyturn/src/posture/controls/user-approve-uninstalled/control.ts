/** Who may approve apps that nobody installed. */
import { holdersControl } from '../holders-control.ts'

export const permission = 'CanApproveUninstalledApps'

export const control = holdersControl({
  id: 'user-approve-uninstalled',
  title: 'Few people can approve apps that nobody installed',
  severity: 'critical',
  why: 'Salesforce blocks uninstalled apps except for these people: they are whom a caller with a false app asks for.',
  remedy:
    'Take the permission away and install the apps that are needed; name those who keep it in `documented`, or waive them with a reason and an end.',
  effort: 'hours',
  catalogues: { sbs: ['SBS-ACS-003'] },
  profiles: { baseline: { documented: [] }, strict: { documented: [] }, sbs: { documented: [] } },
  permission,
  wrong: 'may approve any app, without a reason on record',
})
