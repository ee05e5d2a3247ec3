/** The REST API does not hand out consumer secrets: the cases. */
import { settingCases } from '../setting-cases.ts'
import { control, path } from './control.ts'

export const cases = settingCases({ control, path, right: false, wrong: true })
