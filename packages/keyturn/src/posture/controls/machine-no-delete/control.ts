/** Machines that may delete. */
import { given, right, wrong } from '../looks.ts'
import { listIn } from '../parameters.ts'
import { userControl } from '../user-control.ts'

export const control = userControl({
  id: 'machine-no-delete',
  title: 'No integration may delete records',
  severity: 'medium',
  why: 'A wrong mapping or a stolen token deletes as fast as it writes, and few integrations ever need to.',
  remedy: 'Take Delete from the objects of its profile and permission sets; name objects it must delete in `allowed`.',
  effort: 'hours',
  catalogues: { checklist: ['6'] },
  profiles: { integration: { allowed: [] }, baseline: { allowed: [] }, strict: { allowed: [] } },
  who: 'machines',
  wrong: 'rights to delete records',
  look: ({ objects, permissions }, { parameters }) =>
    given(permissions, (held) => {
      const everything = held.filter((permission) => ['ModifyAllData', 'BulkApiHardDelete'].includes(permission))
      if (everything.length > 0) return wrong(`May delete everything: ${everything.join(', ')}.`, {})
      return given(objects, (rights) => {
        const found = rights.delete.filter((object) => !listIn(parameters, 'allowed').includes(object))
        return found.length === 0 ? right : wrong(`May delete ${found.join(', ')}.`, { objects: found.length })
      })
    }),
})
