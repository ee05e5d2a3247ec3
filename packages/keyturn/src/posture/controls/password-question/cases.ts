/** The hint does not give the password away: the cases. */
import { settingCases } from '../setting-cases.ts'
import { path } from './control.ts'

export const cases = settingCases({ path, right: 'DoesNotContainPassword', wrong: 'None', perProfile: true })
