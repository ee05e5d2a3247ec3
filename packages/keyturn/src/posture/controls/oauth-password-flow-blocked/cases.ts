/** The OAuth username-password flow is blocked: the cases. */
import { settingCases } from '../setting-cases.ts'
import { path } from './control.ts'

export const cases = settingCases({ path, right: true, wrong: false })
