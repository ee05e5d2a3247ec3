/** Who is let in without a second factor: the cases. */
import { holdersCases } from '../holders-cases.ts'
import { permission } from './control.ts'

export const cases = holdersCases(permission)
