/**
 * Apps nobody uses. Whether an exchange of a refresh token leaves a row in LoginHistory the sources disagree about: some
 * name `OauthRefreshToken` as its LoginSubType, others saw none. So an app counts as unused only when neither a token nor
 * a login says otherwise, and both could be read; and never before it is as old as the period.
 */
import { appControl } from '../app-control.ts'
import { given, right, wrong } from '../looks.ts'
import { numberIn } from '../parameters.ts'

const day = 86_400_000

export const control = appControl({
  id: 'app-unused',
  title: 'Apps that nobody uses are gone',
  severity: 'medium',
  why: 'Grants of forgotten apps keep working for whoever finds them, and nobody would notice a new use.',
  remedy: 'Ask the owner, block the app, and delete it when nobody complained for a month.',
  effort: 'hours',
  catalogues: { shr: ['shr_configure_oauth_policies_manage_external_client_app_oauth_usage'] },
  profiles: { baseline: { days: 90 }, strict: { days: 30 } },
  wrong: 'not used for a long time',
  changedBy: 'org',
  look: ({ tokens, lastLogin, created = null }, { takenAt, parameters }) => {
    const since = takenAt - numberIn(parameters, 'days', 90) * day
    const recent = (time: number | null): boolean => time !== null && time >= since
    if (recent(created)) return right
    if (tokens.is === 'known' && recent(tokens.value.lastUsed)) return right
    if (lastLogin.is === 'known' && recent(lastLogin.value)) return right
    return given(tokens, ({ count, lastUsed }) =>
      given(lastLogin, (login) => {
        const last = Math.max(lastUsed ?? 0, login ?? 0)
        const ago = (time: number): string => `${Math.floor((takenAt - time) / day)} days ago`
        const text =
          last > 0
            ? `Last used ${ago(last)}.`
            : created === null
              ? 'No use of it is on record; when it was made can’t be seen: it may be new.'
              : `No use of it is on record; it was made ${ago(created)}.`
        return wrong(text, { tokens: count })
      }),
    )
  },
})
