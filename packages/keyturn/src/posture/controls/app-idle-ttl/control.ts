/** Idle refresh tokens die: what nobody uses for a month is nobody's any more. */
import { appControl } from '../app-control.ts'
import { given, right, wrong } from '../looks.ts'
import { flagIn, numberIn } from '../parameters.ts'
import { ofRefreshTokens } from '../refresh-tokens.ts'

export const control = appControl({
  id: 'app-idle-ttl',
  title: 'Refresh tokens that are not used for 30 days die',
  severity: 'high',
  why: 'Forgotten grants of former tools and people stay usable for whoever finds them.',
  remedy:
    'Limit the idle time of refresh tokens to 30 days; give clients that run more rarely a heartbeat (Keyturn’s sweep is one).',
  effort: 'hours',
  catalogues: { partner2026: ['PARTNER-IDLE-TTL'] },
  profiles: {
    baseline: { days: 30, because: 'a policy of the app that has the same effect is as good as the switch' },
    strict: { days: 30 },
    'partner-2026': { days: 30, switch: true, because: 'the mandate names the switch itself' },
  },
  wrong: 'refresh tokens outlive a month without use',
  changedBy: 'org',
  look: (app, { parameters }) =>
    ofRefreshTokens(app, () => {
      if (flagIn(parameters, 'switch', false)) {
        return given(app.idleTtl, (on) =>
          on ? right : wrong('The limit on idle refresh tokens is off.', { idleTtl: false }),
        )
      }
      const most = numberIn(parameters, 'days', 30)
      return given(app.refreshTokenPolicy, ({ declared, effective, idleDays, lifetimeDays }) => {
        const lives = Math.min(idleDays ?? Infinity, lifetimeDays ?? Infinity)
        // What holds is judged, not what is declared: with the switch on, `infinite` dies after 30 idle days.
        if (lives <= most || (app.idleTtl.is === 'known' && app.idleTtl.value && most >= 30)) return right
        return wrong(`Without use a refresh token lives ${lives === Infinity ? 'for ever' : `${lives} days`}.`, {
          declared,
          effective,
        })
      })
    }),
})
