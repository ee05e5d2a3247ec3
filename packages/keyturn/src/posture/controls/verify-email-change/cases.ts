/** Changing the mail address asks who you are: the cases. */
import { settingCases } from '../setting-cases.ts'
import { path } from './control.ts'

export const cases = settingCases({ path, right: true, wrong: false })
