/** Old passwords are not used again: the cases. */
import { settingCases } from '../setting-cases.ts'
import { control, path } from './control.ts'

export const cases = settingCases({
  control,
  path,
  right: 24,
  wrong: 0,
  perProfile: true,
  parting: { value: 4, good: 'baseline', bad: 'strict' },
})
