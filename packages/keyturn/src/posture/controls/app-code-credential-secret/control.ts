/** The authorization-code-and-credentials flow: headless login, by servers or by programs on people's devices. */
import { appControl } from '../app-control.ts'
import { isPublicClient } from '../callbacks.ts'
import { apart, given, right, wrong } from '../looks.ts'

export const control = appControl({
  id: 'app-code-credential-secret',
  title: 'Headless logins bind the code to their client',
  severity: 'medium',
  why: 'A secret that is forced on a program of people’s devices ends up in its code; a server without one lets others redeem its codes.',
  remedy: 'Require PKCE; require the secret of servers, and do not of public clients.',
  effort: 'hours',
  catalogues: {
    shr: [
      'shr_api_enable_oauth_settings_authorization_code_and_credentials_flow_settings',
      'shr_oauth_flow_enablement_enable_authorization_code_and_credentials_flow',
    ],
  },
  profiles: {
    strict: { because: 'the pages recommend the flow over older headless logins; nothing is wrong where it is off' },
  },
  wrong: 'the secret is asked of the wrong kind of client, or PKCE is not',
  changedBy: 'owner',
  look: ({ flows, pkceRequired, secretRequiredForWebServer, callbacks }) =>
    given(flows, (used) => {
      if (!used.includes('code-credential')) return apart
      return given(pkceRequired, (pkce) => {
        if (!pkce) return wrong('Headless logins work without PKCE.', { pkceRequired: false })
        return given(secretRequiredForWebServer, (required) =>
          given(callbacks, (all) =>
            isPublicClient(all) !== required
              ? right
              : wrong(required ? 'Programs on devices have to hold the secret.' : 'A server needs no secret.', {
                  secretRequired: required,
                }),
          ),
        )
      })
    }),
})
