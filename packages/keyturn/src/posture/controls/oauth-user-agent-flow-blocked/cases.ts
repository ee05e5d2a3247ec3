/** The OAuth user-agent flow is blocked: the cases. */
import { settingCases } from '../setting-cases.ts'
import { control, path } from './control.ts'

export const cases = settingCases({ control, path, right: true, wrong: false })
