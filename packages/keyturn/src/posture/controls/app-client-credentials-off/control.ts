/**
 * The client-credentials flow: one leaked secret is a login. An external client app has a switch of its own and one in the
 * org’s policies; the hardening pages want both off, so that neither alone opens it again.
 */
import { appControl } from '../app-control.ts'
import { given, right, wrong } from '../looks.ts'

export const control = appControl({
  id: 'app-client-credentials-off',
  title: 'No app logs in with its secret alone',
  severity: 'high',
  why: 'Consumer key and secret are all it takes, from anywhere, without a person and without a key that never leaves the server.',
  remedy:
    'Move the integration to JWT bearer with a certificate and switch the flow off. Where it stays, `app-client-credentials-user` says what must hold.',
  effort: 'days',
  catalogues: {
    shr: [
      'shr_api_enable_oauth_settings_disable_client_credentials_flow',
      'shr_oauth_flow_enablement_disable_client_credentials_flow',
    ],
  },
  profiles: {
    strict: {
      because:
        'the hardening pages want the flow off, and the notice that ends the password flow recommends it: baseline asks for a safe user instead',
    },
  },
  wrong: 'the secret alone is a login',
  changedBy: 'owner',
  look: ({ flows, clientCredentialsByPolicy: policy }) =>
    given(flows, (used) => {
      if (used.includes('client-credentials'))
        return wrong('The client-credentials flow is on.', { flows: used.join(' ') })
      // An org that shows no such policy has none that could be on.
      if (policy === undefined || (policy.is === 'unknown' && policy.why === 'not-provisioned')) return right
      return given(policy, (on) =>
        on
          ? wrong('The app has the client-credentials flow off, and the org’s policies have it on.', { policy: on })
          : right,
      )
    }),
})
