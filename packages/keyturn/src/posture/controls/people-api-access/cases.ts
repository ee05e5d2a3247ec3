/** People who may use the API: the cases. */
import type { ControlCase } from '../../control.ts'
import { known } from '../../fact.ts'
import { holdersCases } from '../holders-cases.ts'
import { machine, userlist } from '../sample-facts.ts'
import { permission } from './control.ts'

export const cases: readonly ControlCase[] = [
  ...holdersCases(permission).filter(({ name }) => name !== 'the org does not know it'),
  {
    name: 'a machine',
    facts: { permissionNames: known([permission]), ...userlist(machine()) },
    verdict: 'not-applicable',
  },
]
