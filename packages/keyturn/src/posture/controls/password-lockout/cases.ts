/** A locked account stays locked long enough: the cases. */
import { settingCases } from '../setting-cases.ts'
import { path } from './control.ts'

export const cases = settingCases({ path, right: 'SixtyMinutes', wrong: 'OneSecond', perProfile: true })
