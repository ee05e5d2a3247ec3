/** The refresh scope of an app that has no flow to get a refresh token by. */
import { appControl } from '../app-control.ts'
import { apart, given, right, wrong } from '../looks.ts'
import { hasInteractiveFlow, hasRefreshScope } from '../refresh-tokens.ts'

export const control = appControl({
  id: 'app-scope-refresh-unneeded',
  title: 'Apps of machines do not ask for refresh tokens',
  severity: 'low',
  why: 'Machine flows mint a new token whenever they like. A refresh scope there only waits for somebody to switch on a flow that hands out long-lived tokens.',
  remedy: 'Take the scope refresh_token (offline_access) from apps that only use JWT bearer or client credentials.',
  effort: 'minutes',
  catalogues: {
    checklist: ['2'],
    shr: [
      'shr_api_enable_oauth_settings_select_the_oauth_scopes_to_apply_to_the_connected_app',
      'shr_configure_the_external_client_app_oauth_settings_oauth_scope_least_privilege',
    ],
  },
  profiles: { integration: {}, baseline: {}, strict: {} },
  wrong: 'a scope for long-lived tokens that no flow of the app needs',
  changedBy: 'owner',
  look: ({ scopes, flows }) =>
    given(scopes, (all) => {
      if (!hasRefreshScope(all)) return right
      return given(flows, (used) => {
        if (used.length === 0) return apart
        return hasInteractiveFlow(used)
          ? right
          : wrong('It may ask for refresh tokens and only has machine flows.', { flows: used.join(' ') })
      })
    }),
})
