/** Passwords mix kinds of characters: the cases. */
import { settingCases } from '../setting-cases.ts'
import { path } from './control.ts'

export const cases = settingCases({
  path,
  right: 'UpperLowerCaseNumericSpecialCharacters',
  wrong: 'NoRestriction',
  perProfile: true,
})
