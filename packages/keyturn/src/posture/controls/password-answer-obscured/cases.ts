/** The answer to the secret question is hidden while typed: the cases. */
import { settingCases } from '../setting-cases.ts'
import { control, path } from './control.ts'

export const cases = settingCases({ control, path, right: true, wrong: false, perProfile: true })
