/** Who is never asked on a new device: the cases. */
import { holdersCases } from '../holders-cases.ts'
import { permission } from './control.ts'

export const cases = holdersCases(permission)
