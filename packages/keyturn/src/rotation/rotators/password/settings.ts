/** `kind: password`: the password of a user who needs no security token, or of a person. */
import * as z from 'zod'
import { duration } from '../../../config/duration.ts'
import { userPasswordFields } from '../../user-password/user-password-settings.ts'

export const passwordSettings = z.strictObject({
  ...userPasswordFields,
  of: z
    .enum(['machine', 'person'])
    .optional()
    .describe('machine (default): rotated; person: after approval the org mails a link, and nobody else learns it'),
  linkPatience: duration
    .optional()
    .describe('How long a person has for the link before somebody is asked; default 24h'),
})

export type PasswordSettings = z.infer<typeof passwordSettings>
