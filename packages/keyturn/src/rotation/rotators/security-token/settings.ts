/** `kind: security-token`: password and security token of an integration user. */
import * as z from 'zod'
import { duration } from '../../../config/duration.ts'
import { userPasswordFields } from '../../user-password/user-password-settings.ts'

export const securityTokenSettings = z.strictObject({
  ...userPasswordFields,
  mailbox: z
    .string()
    .min(1)
    .optional()
    .describe('Name of `mailboxes`: where the mail with the new token arrives; without one a person is asked for it'),
  mailPatience: duration.optional().describe('How long the mail is waited for before a person is asked; default 15m'),
  trusted: z
    .boolean()
    .optional()
    .describe(
      'Whether this host’s address is in the org’s trusted ranges; the report says so if a login shows otherwise',
    ),
  firstRunUnattended: z
    .boolean()
    .optional()
    .describe('Let the first rotation of this credential run without a person watching; default false'),
})

export type SecurityTokenSettings = z.infer<typeof securityTokenSettings>
