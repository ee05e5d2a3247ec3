/** Administrators cannot become anybody without being asked: the cases. */
import { settingCases } from '../setting-cases.ts'
import { control, path } from './control.ts'

export const cases = settingCases({ control, path, right: false, wrong: true })
