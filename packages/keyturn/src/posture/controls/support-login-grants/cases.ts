/** People cannot let others log in as them on their own: the cases. */
import { settingCases } from '../setting-cases.ts'
import { path } from './control.ts'

export const cases = settingCases({ path, right: false, wrong: true })
