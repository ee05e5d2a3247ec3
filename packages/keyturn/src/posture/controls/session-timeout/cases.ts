/** Idle sessions end within two hours: the cases. */
import { settingCases } from '../setting-cases.ts'
import { path } from './control.ts'

export const cases = settingCases({ path, right: 'TwoHours', wrong: 'TwentyFourHours', perProfile: true })
