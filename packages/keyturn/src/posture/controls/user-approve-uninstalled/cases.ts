/** Who may approve apps that nobody installed: the cases. */
import { holdersCases } from '../holders-cases.ts'
import { permission } from './control.ts'

export const cases = holdersCases(permission)
