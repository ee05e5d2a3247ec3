/** `kind: master-key`: the key that seals this store. */
import * as z from 'zod'

export const masterKeySettings = z.strictObject({
  to: z
    .string()
    .regex(/^(file|keyring|command|vault|aws):./, 'must say where the next key is kept, such as file:PATH')
    .describe('Where the next key is kept'),
})

export type MasterKeySettings = z.infer<typeof masterKeySettings>
