/** A locked account stays locked long enough: the cases. */
import { settingCases } from '../setting-cases.ts'
import { control, path } from './control.ts'

export const cases = settingCases({
  control,
  path,
  right: 'SixtyMinutes',
  wrong: 'OneSecond',
  perProfile: true,
  parting: { value: 'FifteenMinutes', good: 'baseline', bad: 'health-check' },
})
