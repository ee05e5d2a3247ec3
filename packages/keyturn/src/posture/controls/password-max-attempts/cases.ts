/** Few wrong passwords lock the account: the cases. */
import { settingCases } from '../setting-cases.ts'
import { control, path } from './control.ts'

export const cases = settingCases({
  control,
  path,
  right: 'ThreeAttempts',
  wrong: 'NoLimit',
  perProfile: true,
  parting: { value: 'FiveAttempts', good: 'baseline', bad: 'strict' },
})
