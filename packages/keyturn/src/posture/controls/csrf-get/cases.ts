/** GET requests carry a token against forgery: the cases. */
import { settingCases } from '../setting-cases.ts'
import { path } from './control.ts'

export const cases = settingCases({ path, right: true, wrong: false })
