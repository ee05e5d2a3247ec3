/** Metadata does not contain consumer secrets: the cases. */
import { settingCases } from '../setting-cases.ts'
import { path } from './control.ts'

export const cases = settingCases({ path, right: false, wrong: true })
