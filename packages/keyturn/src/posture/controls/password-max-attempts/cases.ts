/** Few wrong passwords lock the account: the cases. */
import { settingCases } from '../setting-cases.ts'
import { path } from './control.ts'

export const cases = settingCases({ path, right: 'ThreeAttempts', wrong: 'NoLimit', perProfile: true })
