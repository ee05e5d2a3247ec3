/** Users cannot set their own password through the API: the cases. */
import { settingCases } from '../setting-cases.ts'
import { path } from './control.ts'

export const cases = settingCases({ path, right: false, wrong: true })
