/** Machines that may do more than move data. */
import { given, right, wrong } from '../looks.ts'
import { listIn } from '../parameters.ts'
import { broadForMachines } from '../permissions.ts'
import { userControl } from '../user-control.ts'

export const control = userControl({
  id: 'machine-broad-permissions',
  title: 'No integration has rights over everything',
  severity: 'high',
  why: 'Permissions over all data, people, apps or policies turn one stolen token into the org; an integration needs objects and fields.',
  remedy:
    'Replace the permission by rights on the objects and fields the integration uses (`keyturn fields` shows them), or name the user in `documented`.',
  effort: 'days',
  catalogues: { checklist: ['6'], sbs: ['SBS-ACS-008'] },
  profiles: {
    integration: { documented: [] },
    baseline: { documented: [] },
    strict: { documented: [] },
    sbs: { documented: [] },
  },
  who: 'machines',
  wrong: 'broad permissions without a reason on record',
  look: ({ username, permissions }, { parameters }) =>
    given(permissions, (held) => {
      const broad = held.filter((permission) => broadForMachines.includes(permission))
      return broad.length === 0 || listIn(parameters, 'documented').includes(username)
        ? right
        : wrong(`Holds ${broad.join(', ')}.`, { permissions: broad.join(' ') })
    }),
})
