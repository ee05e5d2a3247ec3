/** Who may reach the API with any client: the cases. */
import { holdersCases } from '../holders-cases.ts'
import { permission } from './control.ts'

export const cases = holdersCases(permission)
