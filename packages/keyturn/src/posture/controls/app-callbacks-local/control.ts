/** Callbacks to the own computer, in production. */
import { appControl } from '../app-control.ts'
import { callbackKind } from '../callbacks.ts'
import { apart, given, right, wrong } from '../looks.ts'
import { listIn } from '../parameters.ts'

export const control = appControl({
  id: 'app-callbacks-local',
  title: 'No production app sends codes to the computer it is opened on',
  severity: 'medium',
  why: 'Any program on the computer can listen there. A test address that stays in a production app is a door for malware, and for a link that somebody is talked into.',
  remedy:
    'Remove localhost and loopback callbacks from production apps; keep them in an app of a sandbox. Tools that need them get an app of their own, without a secret and with PKCE, under `allowed`.',
  effort: 'minutes',
  catalogues: { checklist: ['1'] },
  profiles: { integration: { allowed: [] }, baseline: { allowed: [] }, strict: { allowed: [] } },
  wrong: 'codes are sent to whatever listens on the computer',
  changedBy: 'owner',
  look: ({ name, callbacks }, { org, parameters }) => {
    if (org.sandbox) return apart
    return given(callbacks, (all) => {
      const local = all.filter((callback) => callbackKind(callback) === 'local')
      if (all.length === 0) return apart
      if (local.length === 0 || listIn(parameters, 'allowed').includes(name)) return right
      return wrong(`${local.length} of ${all.length} callbacks lead to the own computer.`, {
        callbacks: local.join(' '),
      })
    })
  },
})
