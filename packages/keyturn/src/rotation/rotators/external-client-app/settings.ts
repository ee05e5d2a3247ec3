/** `kind: external-client-app`: consumer key and secret of an external client app. */
import * as z from 'zod'
import { duration } from '../../../config/duration.ts'

export const externalClientAppSettings = z.strictObject({
  org: z.string().min(1).describe('Grant whose user rotates: “External Client App Developer” and “View Client Secret”'),
  app: z.string().min(1).describe('The app: its id (0x…) or its developer name'),
  consumer: z.string().min(1).optional().describe('Id or name of the consumer, where the app has several'),
  loginUrl: z
    .string()
    .regex(/^https?:\/\/[^\s/]+/, 'must be a URL such as https://acme.my.salesforce.com')
    .optional()
    .describe('Where the new pair is tried; default: the org’s own address'),
  grants: z
    .array(z.string().min(1))
    .optional()
    .describe('Grants of this store that sign in with this app; default: all with its consumer key'),
  propagation: duration.optional().describe('How long the platform may take to know a new pair; default 10m'),
})

export type ExternalClientAppSettings = z.infer<typeof externalClientAppSettings>
