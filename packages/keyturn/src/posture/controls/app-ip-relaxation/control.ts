/** IP relaxation: whether the app's tokens walk around the login IP ranges of their users. */
import { appControl } from '../app-control.ts'
import { given, right, wrong } from '../looks.ts'
import { listIn } from '../parameters.ts'

export const control = appControl({
  id: 'app-ip-relaxation',
  title: 'Apps keep to the login IP ranges of their users',
  severity: 'medium',
  why: 'A relaxed app makes the ranges of a profile worthless for whoever holds its token. It only matters for users that have ranges; JWT bearer keeps to them in any case.',
  remedy:
    'Set IP relaxation to Enforce IP restrictions, after the addresses of the app’s servers are in the profiles’ ranges.',
  effort: 'hours',
  catalogues: { checklist: ['1'], shr: ['shr_manage_oauth_access_policies_for_a_connected_app_ip_relaxation'] },
  profiles: {
    integration: { among: ['ENFORCE', 'ENFORCE_RELAXREFRESH'] },
    baseline: {
      among: ['ENFORCE', 'ENFORCE_RELAXREFRESH'],
      because: 'with the ranges relaxed for refreshes only, people on the move keep working',
    },
    strict: { among: ['ENFORCE'], because: 'the hardening pages name this value alone' },
  },
  wrong: 'tokens walk around the login IP ranges of their users',
  changedBy: 'org',
  look: ({ ipRelaxation }, { parameters }) =>
    given(ipRelaxation, (value) =>
      listIn(parameters, 'among').includes(value)
        ? right
        : wrong(`IP relaxation is ${value}.`, { ipRelaxation: value }),
    ),
})
