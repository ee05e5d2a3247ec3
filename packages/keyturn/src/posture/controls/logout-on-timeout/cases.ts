/** An idle session is really ended: the cases. */
import { settingCases } from '../setting-cases.ts'
import { control, path } from './control.ts'

export const cases = settingCases({ control, path, right: true, wrong: false, perProfile: true })
