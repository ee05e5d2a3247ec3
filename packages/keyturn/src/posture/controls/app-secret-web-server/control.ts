/** The secret in the web-server flow: the code alone does not make a client. */
import { appControl } from '../app-control.ts'
import { isPublicClient } from '../callbacks.ts'
import { apart, given, right, wrong } from '../looks.ts'
import { flagIn } from '../parameters.ts'

export const control = appControl({
  id: 'app-secret-web-server',
  title: 'Servers prove who they are when they trade a code',
  severity: 'high',
  why: 'Without the secret every program that gets hold of a code and the public consumer key is the client.',
  remedy: 'Require the secret for the web-server flow, after the clients that do not send it were changed.',
  effort: 'hours',
  catalogues: {
    checklist: ['1'],
    shr: [
      'shr_api_enable_oauth_settings_require_secret_for_web_server_flow',
      'shr_security_require_secret_for_web_server_flow',
    ],
  },
  profiles: {
    integration: { publicClients: false },
    baseline: {
      publicClients: false,
      because: 'a program on a person’s device cannot keep a secret: PKCE protects it',
    },
    strict: { publicClients: true, because: 'the hardening pages make no exception' },
  },
  wrong: 'a code can be traded without the secret',
  changedBy: 'owner',
  look: ({ secretRequiredForWebServer, flows, callbacks }, { parameters }) => {
    if (flows.is === 'known' && !flows.value.includes('web-server')) return apart
    return given(secretRequiredForWebServer, (required) => {
      if (required) return right
      return given(flows, () =>
        given(callbacks, (all) =>
          isPublicClient(all) && !flagIn(parameters, 'publicClients', false)
            ? apart
            : wrong('The web-server flow works without the secret.', { secretRequiredForWebServer: false }),
        ),
      )
    })
  },
})
