/** Administrators cannot become anybody without being asked: the cases. */
import { settingCases } from '../setting-cases.ts'
import { path } from './control.ts'

export const cases = settingCases({ path, right: false, wrong: true })
