/** Metadata does not contain consumer secrets: one setting of the org. */
import { settingControl } from '../setting-control.ts'

export const path = 'ExternalClientApp.enableConsumerSecretApiAccess'

export const control = settingControl({
  id: 'eca-secrets-hidden-from-metadata',
  title: 'Metadata does not contain consumer secrets',
  severity: 'high',
  why: 'A retrieve of metadata would write the secrets of external client apps into working copies, archives and repositories.',
  remedy: 'In Setup, External Client App Settings, take back the access to consumer secrets through the Metadata API.',
  effort: 'minutes',
  path,
  catalogues: {
    healthCheck: ['ExternalClientApps.metadataApiAccess'],
    shr: ['shr_external_client_app_settings_metadata_secrets_protection'],
  },
  profiles: { baseline: { is: false }, strict: { is: false }, 'health-check': { is: false } },
})
