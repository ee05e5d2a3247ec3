/** Refresh token rotation: a refresh token that leaked works once, and using it twice is noticed. */
import { appControl } from '../app-control.ts'
import { given, right, wrong } from '../looks.ts'
import { ofRefreshTokens } from '../refresh-tokens.ts'

export const control = appControl({
  id: 'app-rotation-enabled',
  title: 'Refresh tokens are replaced at every use',
  severity: 'critical',
  why: 'A refresh token that never changes is a way in for as long as nobody notices that it leaked.',
  remedy:
    'See with `keyturn rtr` which clients share the consumer key and which of them survive rotation, move those that do not behind the broker, then enable rotation.',
  effort: 'days',
  catalogues: {
    shr: ['shr_api_enable_oauth_settings_enable_refresh_token_rotation', 'shr_security_enable_refresh_token_rotation'],
    partner2026: ['PARTNER-RTR'],
  },
  profiles: { baseline: {}, strict: {}, 'partner-2026': {} },
  wrong: 'the same refresh token works again and again',
  changedBy: 'owner',
  look: (app) =>
    ofRefreshTokens(app, () =>
      given(app.rotation, (rotates) =>
        rotates ? right : wrong('Refresh tokens are not rotated.', { rotation: false }),
      ),
    ),
})
