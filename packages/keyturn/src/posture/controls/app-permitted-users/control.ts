/** Permitted users: who may use an app is decided by an administrator, not by each person at the consent page. */
import { path as apiAccessControl } from '../api-access-control/control.ts'
import { appControl } from '../app-control.ts'
import { given, isSet, right, wrong } from '../looks.ts'

export const control = appControl({
  id: 'app-permitted-users',
  title: 'Administrators decide who may use an app',
  severity: 'critical',
  why: 'Where people may authorise themselves, one caller who talks one of them through the consent page has a token.',
  remedy:
    'Set permitted users to pre-authorised by administrators and give the app a permission set, after listing who uses it: everybody without the permission set is cut off at once.',
  effort: 'hours',
  catalogues: { checklist: ['1'], sbs: ['SBS-OAUTH-002'] },
  profiles: { integration: {}, baseline: {}, strict: {}, sbs: {} },
  settings: [apiAccessControl],
  families: ['settings'],
  wrong: 'people authorise themselves',
  changedBy: 'org',
  look: ({ permittedUsers }, { facts }) =>
    given(permittedUsers, (who) =>
      // API Access Control overrules the app: then only apps that an administrator permits reach the API.
      who === 'admin' || isSet(facts.settings[apiAccessControl])
        ? right
        : wrong('Everybody may authorise it for themselves.', { permittedUsers: 'all' }),
    ),
})
