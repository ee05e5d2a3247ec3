/** `certificates:` in keyturn.yaml: in which orgs the ends of certificates are watched, and who is told. */
import * as z from 'zod'

export const certificatesSection = z.strictObject({
  watch: z
    .array(z.string().min(1))
    .min(1)
    .readonly()
    .describe('Grants whose users may read apps and certificates (Modify Metadata); one for each org'),
  owner: z.string().min(1).optional().describe('Who is told: a name of notify.owners, or a mail address'),
})
