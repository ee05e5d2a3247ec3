/** Passwords are long: the cases. */
import { settingCases } from '../setting-cases.ts'
import { path } from './control.ts'

export const cases = settingCases({ path, right: 14, wrong: 5, perProfile: true })
