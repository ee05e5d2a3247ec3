/** The REST API does not hand out consumer secrets: one setting of the org. */
import { settingControl } from '../setting-control.ts'

export const path = 'ExternalClientApp.enableClientSecretInRestApiAccess'

export const control = settingControl({
  id: 'eca-secrets-hidden-from-rest',
  title: 'The REST API does not hand out consumer secrets',
  severity: 'medium',
  why: 'With it on, one session of a privileged user can collect the consumer secrets of all external client apps.',
  remedy:
    'In Setup, External Client App Settings, take back the access to consumer secrets through the REST API, unless Keyturn or another tool rotates them through it: then limit who has the permissions View Client Secret and Client Secret Rotation.',
  effort: 'minutes',
  path,
  catalogues: { shr: ['shr_external_client_app_settings_rest_api_secret_masking'] },
  profiles: {
    strict: {
      is: false,
      because:
        'rotating the credentials of external client apps through the API needs it on; who does not rotate that way leaves it off',
    },
  },
})
