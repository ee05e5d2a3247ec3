/** The hint does not give the password away: the cases. */
import { settingCases } from '../setting-cases.ts'
import { control, path } from './control.ts'

export const cases = settingCases({ control, path, right: 'DoesNotContainPassword', wrong: 'None', perProfile: true })
