/** Idle sessions end within two hours: the cases. */
import { settingCases } from '../setting-cases.ts'
import { control, path } from './control.ts'

export const cases = settingCases({ control, path, right: 'TwoHours', wrong: 'TwentyFourHours', perProfile: true })
