/** The answer to the secret question is hidden while typed: the cases. */
import { settingCases } from '../setting-cases.ts'
import { path } from './control.ts'

export const cases = settingCases({ path, right: true, wrong: false, perProfile: true })
