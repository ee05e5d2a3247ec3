/** `kind: connected-app`: consumer key and secret of a connected app, which only a person can turn. */
import * as z from 'zod'
import { duration } from '../../../config/duration.ts'

export const connectedAppSettings = z.strictObject({
  org: z.string().min(1).describe('Grant whose user looks: “Customize Application” sees all tokens of the app'),
  app: z.string().min(1).describe('Developer name of the connected app'),
  label: z.string().min(1).optional().describe('Its name as users see it, where that is another one'),
  consumerKey: z.string().min(1).optional().describe('The key in use, where the org does not show it'),
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

export type ConnectedAppSettings = z.infer<typeof connectedAppSettings>
