/** Passwords do not live for ever: the cases. */
import { settingCases } from '../setting-cases.ts'
import { control, path } from './control.ts'

export const cases = settingCases({ control, path, right: 'NinetyDays', wrong: 'Never', perProfile: true })
