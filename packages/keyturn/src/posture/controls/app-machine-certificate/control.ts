/** Machines prove who they are with a private key, not with a secret that both sides know. */
import { appControl } from '../app-control.ts'
import { apart, given, right, wrong } from '../looks.ts'

export const control = appControl({
  id: 'app-machine-certificate',
  title: 'Apps of machines log in with a certificate',
  severity: 'medium',
  why: 'A secret is copied to whoever must know it, and is in Salesforce too. The private key of JWT bearer never leaves its server, and rotating it locks nobody out.',
  remedy:
    'Upload a certificate to the app, move the integration to JWT bearer, switch client credentials off. Keyturn rotates the certificate.',
  effort: 'days',
  catalogues: {
    shr: [
      'shr_api_enable_oauth_settings_use_digital_signatures_selected',
      'shr_oauth_flow_enablement_enable_jwt_bearer_flow',
    ],
  },
  profiles: {
    strict: { because: 'the hardening pages push keys over secrets; other notices of Salesforce take both for good' },
  },
  wrong: 'a machine logs in with a secret that can be copied',
  changedBy: 'owner',
  look: ({ flows, certificate }) =>
    given(flows, (used) => {
      if (!used.includes('client-credentials') && !used.includes('jwt-bearer')) return apart
      return given(certificate, (found) =>
        found === null || !used.includes('jwt-bearer')
          ? wrong('It is used by a machine and holds no certificate to log in with.', { flows: used.join(' ') })
          : right,
      )
    }),
})
