/** How long a refresh token can live, by the policy that holds in fact. */
import { appControl } from '../app-control.ts'
import { given, right, wrong } from '../looks.ts'
import { numberIn } from '../parameters.ts'
import { ofRefreshTokens } from '../refresh-tokens.ts'

export const control = appControl({
  id: 'app-refresh-lifetime',
  title: 'No refresh token is valid until somebody thinks of revoking it',
  severity: 'high',
  why: 'Grants outlive the project, the contractor and the vendor. A policy ends them without anybody remembering.',
  remedy: 'Set the refresh token policy to expire when not used for the days asked for, or after a fixed time.',
  effort: 'minutes',
  catalogues: {},
  profiles: {
    baseline: { days: 365, because: 'only tokens that never end are a finding' },
    strict: { days: 90 },
  },
  wrong: 'refresh tokens live longer than they should',
  changedBy: 'org',
  look: (app, { parameters }) =>
    ofRefreshTokens(app, () =>
      given(app.refreshTokenPolicy, ({ declared, effective, idleDays, lifetimeDays }) => {
        const days = Math.min(idleDays ?? Infinity, lifetimeDays ?? Infinity)
        if (days <= numberIn(parameters, 'days', 365)) return right
        const text = days === Infinity ? 'Refresh tokens never end.' : `Refresh tokens live up to ${days} days.`
        return wrong(text, { declared, effective })
      }),
    ),
})
