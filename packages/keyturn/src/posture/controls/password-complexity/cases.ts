/** Passwords mix kinds of characters: the cases. */
import { settingCases } from '../setting-cases.ts'
import { control, path } from './control.ts'

export const cases = settingCases({
  control,
  path,
  right: 'UpperLowerCaseNumericSpecialCharacters',
  wrong: 'NoRestriction',
  perProfile: true,
  parting: { value: 'SpecialCharacters', good: 'baseline', bad: 'strict' },
})
