/** Token exchange: who may swap a foreign token for one of this org. */
import { appControl } from '../app-control.ts'
import { isPublicClient } from '../callbacks.ts'
import { apart, given, right, wrong } from '../looks.ts'

export const control = appControl({
  id: 'app-token-exchange-secret',
  title: 'Servers that exchange tokens prove who they are, and devices hold no secret',
  severity: 'high',
  why: 'Without a secret any server that saw a token of the identity provider can swap it for one of this org; with one, a program on people’s devices gives the secret to everybody.',
  remedy:
    'Require the secret for token exchange of servers, and do not of public clients; switch the flow off where nobody uses it.',
  effort: 'hours',
  catalogues: { shr: ['shr_api_enable_oauth_settings_secure_token_exchange_flow'] },
  profiles: { baseline: {}, strict: {} },
  wrong: 'the secret is asked of the wrong kind of client',
  changedBy: 'owner',
  look: ({ flows, secretRequiredForTokenExchange, callbacks }) =>
    given(flows, (used) => {
      if (!used.includes('token-exchange')) return apart
      return given(secretRequiredForTokenExchange, (required) =>
        given(callbacks, (all) => {
          if (isPublicClient(all) !== required) return right
          return required
            ? wrong('Programs on people’s devices have to hold the secret.', { secretRequired: true })
            : wrong('Tokens are exchanged without the secret.', { secretRequired: false })
        }),
      )
    }),
})
