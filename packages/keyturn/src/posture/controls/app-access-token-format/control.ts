/** Opaque or JWT access tokens: one can be ended at once, the other checked without asking. */
import { appControl } from '../app-control.ts'
import { given, right, wrong } from '../looks.ts'

export const control = appControl({
  id: 'app-access-token-format',
  title: 'Access tokens have the format this profile wants',
  severity: 'info',
  why: 'An opaque token is a session that an administrator can end. A JWT lives to its end whatever happens, but is short, names its audience and can be checked by whoever receives it.',
  remedy: 'Decide once which of both the company wants, and set the access token format of the app.',
  effort: 'hours',
  catalogues: { shr: ['shr_security_issue_json_web_token_jwt_based_access_tokens_for_named_users'] },
  profiles: {
    baseline: { format: 'opaque', because: 'a stolen token that can be ended at once is worth more in an incident' },
    strict: { format: 'jwt', because: 'the hardening pages recommend JWTs for named users' },
  },
  wrong: 'access tokens in another format than is asked for',
  changedBy: 'owner',
  look: ({ accessTokenFormat }, { parameters }) =>
    given(accessTokenFormat, (format) =>
      format === (parameters['format'] ?? 'opaque') ? right : wrong(`Its access tokens are ${format}.`, { format }),
    ),
})
