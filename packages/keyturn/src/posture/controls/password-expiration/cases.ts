/** Passwords do not live for ever: the cases. */
import { settingCases } from '../setting-cases.ts'
import { path } from './control.ts'

export const cases = settingCases({ path, right: 'NinetyDays', wrong: 'Never', perProfile: true })
