/** `schedule:` of a credential in keyturn.yaml: policy as code. What it means is in `due.ts`. */
import * as z from 'zod'
import { duration } from '../../config/duration.ts'

export const scheduleSettings = z.strictObject({
  every: duration.optional().describe('Interval, such as 90d'),
})

export type ScheduleSettings = z.infer<typeof scheduleSettings>
