/** Passwords are long: the cases. */
import { settingCases } from '../setting-cases.ts'
import { control, path } from './control.ts'

export const cases = settingCases({
  control,
  path,
  right: 14,
  wrong: 5,
  perProfile: true,
  parting: { value: 10, good: 'baseline', bad: 'strict' },
})
