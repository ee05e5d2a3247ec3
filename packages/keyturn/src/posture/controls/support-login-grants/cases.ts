/** People cannot let others log in as them on their own: the cases. */
import { settingCases } from '../setting-cases.ts'
import { control, path } from './control.ts'

export const cases = settingCases({ control, path, right: false, wrong: true })
