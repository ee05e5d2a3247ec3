/** `kind: caller-secret`: what a caller of Keyturn's own broker signs in with. */
import * as z from 'zod'

export const callerSecretSettings = z.strictObject({
  caller: z.string().min(1).describe('Name of the caller (`keyturn caller list`)'),
})

export type CallerSecretSettings = z.infer<typeof callerSecretSettings>
