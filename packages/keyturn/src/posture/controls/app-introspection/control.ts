/** Introspection of every token of the org by one app. */
import { appControl } from '../app-control.ts'
import { given, right, wrong } from '../looks.ts'
import { listIn } from '../parameters.ts'

export const control = appControl({
  id: 'app-introspection',
  title: 'No app can look at the tokens of all others',
  severity: 'medium',
  why: 'Such an app learns of every token of the org whose it is and what it may do: a map for whoever steals its secret.',
  remedy: 'Switch off that the app may introspect all tokens; a resource server that needs it is named in `allowed`.',
  effort: 'minutes',
  catalogues: {},
  profiles: { baseline: { allowed: [] }, strict: { allowed: [] } },
  wrong: 'it can look at the tokens of all apps',
  changedBy: 'owner',
  look: ({ name, introspectsAllTokens }, { parameters }) =>
    given(introspectsAllTokens, (all) =>
      all && !listIn(parameters, 'allowed').includes(name)
        ? wrong('It may introspect every token of the org.', { introspectsAllTokens: true })
        : right,
    ),
})
