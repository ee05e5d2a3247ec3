/** Old passwords are not used again: the cases. */
import { settingCases } from '../setting-cases.ts'
import { path } from './control.ts'

export const cases = settingCases({ path, right: 24, wrong: 0, perProfile: true })
