/** The scope `full`: everything its user may do, in one token. */
import { appControl } from '../app-control.ts'
import { given, right, wrong } from '../looks.ts'
import { listIn } from '../parameters.ts'

export const control = appControl({
  id: 'app-scope-full',
  title: 'No app asks for everything',
  severity: 'high',
  why: 'A token with the scope full does whatever its user may do, in the user interface too: a theft costs all of it.',
  remedy:
    'Give the app the scopes it uses, mostly api alone. Where full is needed write down why, as a waiver or in the parameter `allowed`.',
  effort: 'hours',
  catalogues: {
    checklist: ['2'],
    shr: [
      'shr_api_enable_oauth_settings_select_the_oauth_scopes_to_apply_to_the_connected_app',
      'shr_configure_the_external_client_app_oauth_settings_oauth_scope_least_privilege',
    ],
  },
  profiles: {
    integration: { scopes: ['Full'], allowed: [] },
    baseline: { scopes: ['Full'], allowed: [] },
    strict: {
      scopes: ['Full', 'Web'],
      allowed: [],
      because: 'web opens the user interface with a token, and few integrations need it',
    },
  },
  wrong: 'tokens can do more than an integration needs',
  changedBy: 'owner',
  look: ({ name, scopes }, { parameters }) =>
    given(scopes, (all) => {
      const asked = listIn(parameters, 'scopes')
      const tooMuch = all.filter((scope) => (asked.length === 0 ? ['Full'] : asked).includes(scope))
      if (tooMuch.length === 0 || listIn(parameters, 'allowed').includes(name)) return right
      return wrong(`It asks for ${tooMuch.join(' and ')}.`, { scopes: all.join(' ') })
    }),
})
