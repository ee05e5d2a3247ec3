/** `kind: refresh-token`: the grant itself, authorised anew by a person before its policy ends it. */
import * as z from 'zod'

export const refreshTokenSettings = z.strictObject({
  grant: z.string().min(1).describe('The grant that is authorised anew'),
})

export type RefreshTokenSettings = z.infer<typeof refreshTokenSettings>
