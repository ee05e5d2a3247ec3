/** Id tokens: proof of who somebody is, for one reader and a short time. */
import { appControl } from '../app-control.ts'
import { apart, given, right, wrong } from '../looks.ts'
import { numberIn } from '../parameters.ts'

export const control = appControl({
  id: 'app-id-token',
  title: 'Id tokens are short-lived and name their reader',
  severity: 'low',
  why: 'An id token without an audience, or one that lives for hours, is a login at every service that does not look closely.',
  remedy: 'Set the validity of id tokens to two minutes and name the audiences.',
  effort: 'minutes',
  catalogues: { shr: ['shr_configure_the_external_client_app_oauth_settings_configure_id_token'] },
  profiles: { strict: { minutes: 2 } },
  wrong: 'id tokens live long or are for anybody',
  changedBy: 'owner',
  look: ({ idToken }, { parameters }) =>
    given(idToken, (token) => {
      if (token === null) return apart
      const { minutes, audiences } = token
      if (minutes > numberIn(parameters, 'minutes', 2)) return wrong(`Id tokens live ${minutes} minutes.`, { minutes })
      return audiences.length > 0 ? right : wrong('Id tokens name no audience.', { minutes })
    }),
})
