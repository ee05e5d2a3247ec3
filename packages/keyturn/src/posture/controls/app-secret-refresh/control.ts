/** The secret in the refresh flow: a refresh token alone opens nothing. */
import { appControl } from '../app-control.ts'
import { isPublicClient } from '../callbacks.ts'
import { apart, given, right, wrong } from '../looks.ts'
import { flagIn } from '../parameters.ts'
import { ofRefreshTokens } from '../refresh-tokens.ts'

export const control = appControl({
  id: 'app-secret-refresh',
  title: 'A refresh token is not enough without the secret',
  severity: 'critical',
  why: 'A refresh token read from a log or a backup makes access tokens for ever when nothing else is asked for, all the more where it is not rotated.',
  remedy: 'Require the secret for the refresh token flow, after the clients that do not send it were changed.',
  effort: 'hours',
  catalogues: {
    checklist: ['1'],
    shr: [
      'shr_api_enable_oauth_settings_require_secret_for_refresh_token_flow',
      'shr_security_require_secret_for_refresh_token_flow',
    ],
  },
  profiles: {
    integration: { publicClients: false },
    baseline: {
      publicClients: false,
      because:
        'a program on a person’s device cannot keep a secret: rotation is what protects it, and has its own control',
    },
    strict: { publicClients: true, because: 'the hardening pages make no exception' },
  },
  wrong: 'a refresh token is all a thief needs',
  changedBy: 'owner',
  look: (app, { parameters }) =>
    ofRefreshTokens(app, () =>
      given(app.secretRequiredForRefresh, (required) => {
        if (required) return right
        return given(app.callbacks, (callbacks) =>
          isPublicClient(callbacks) && !flagIn(parameters, 'publicClients', false)
            ? apart
            : wrong('The refresh flow works without the secret.', { secretRequiredForRefresh: false }),
        )
      }),
    ),
})
