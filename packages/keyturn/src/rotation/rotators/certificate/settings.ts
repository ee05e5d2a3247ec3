/** `kind: certificate`: the X.509 certificate of an app that takes JWT bearer logins, and the key behind it. */
import * as z from 'zod'
import { duration } from '../../../config/duration.ts'

const year = 365 * 86_400_000

export const certificateSettings = z.strictObject({
  org: z.string().min(1).describe('Grant whose user deploys: “Modify Metadata” and “Customize Application”'),
  app: z.string().min(1).describe('Developer name of the connected app or external client app'),
  username: z
    .string()
    .min(1)
    .optional()
    .describe('User whom the proof signs in; default: that of a grant of this store that uses the app'),
  loginUrl: z
    .string()
    .regex(/^https?:\/\/[^\s/]+/, 'must be a URL such as https://acme.my.salesforce.com')
    .optional()
    .describe('Where the key is tried; default: the org’s own address'),
  audience: z.string().min(1).optional().describe('JWT audience; default: that of loginUrl'),
  consumerKey: z.string().min(1).optional().describe('Where the org does not show it'),
  grants: z
    .array(z.string().min(1))
    .optional()
    .describe('Grants of this store that sign in with this key; default: all JWT grants with its consumer key'),
  keySize: z
    .union([z.literal(2048), z.literal(3072), z.literal(4096)])
    .optional()
    .describe('Bits of the RSA key; default 3072'),
  lifetime: duration
    .refine((ms) => ms >= 86_400_000 && ms <= 10 * year, 'must be between 1d and 3650d')
    .optional()
    .describe('How long the certificate is valid; default 365d'),
  subject: z
    .string()
    .regex(/^[A-Za-z0-9 ._-]{1,64}$/, 'must be 1 to 64 letters, digits, spaces, dots, hyphens or underscores')
    .optional()
    .describe('Common name in the certificate; default: the name of this credential'),
  emptySlot: z
    .boolean()
    .optional()
    .describe('The app has no certificate yet, so there is nothing to go back to; default false'),
  propagation: duration.optional().describe('How long the platform may take to know a certificate; default 10m'),
})

export type CertificateSettings = z.infer<typeof certificateSettings>
