/** The form of a waiver in a file: `waivers:` in keyturn.yaml, and a waivers file of its own. */
import * as z from 'zod'

const isDay = (text: string): boolean => {
  const at = Date.parse(text)
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text)
}

/** Once over a line is enough; a reason of `-` or `x` is none. */
export const waiverForm = z.strictObject({
  control: z
    .string()
    .regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, 'must be the id of a control, such as app-pkce-required')
    .describe('Id of the control'),
  subject: z.string().min(1).max(500).describe('Subject of the finding, as reports name it; * stands for anything'),
  reason: z.string().min(10, 'must say why, in ten characters or more').max(2000).describe('Why it is left as it is'),
  owner: z.string().min(2).max(200).describe('Who answers for it'),
  expires: z
    .string()
    .regex(/^\d{4}-\d\d-\d\d$/, 'must be a day such as 2027-01-31')
    .refine(isDay, 'is no day of the calendar')
    .describe('The last day it holds, UTC'),
})

export const waiversForm = z.array(waiverForm)
