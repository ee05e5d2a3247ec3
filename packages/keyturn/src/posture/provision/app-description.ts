/** What an app is for, in a few lines: flags or a file. Everything that hardens it is not asked for; it is so. */
import * as z from 'zod'

export const appFlows = ['web-server', 'client-credentials', 'jwt-bearer', 'device'] as const
export type AppFlow = (typeof appFlows)[number]

const name = z
  .string()
  .max(80)
  .regex(/^[A-Za-z](?!.*__)[A-Za-z0-9_]*(?<!_)$/, 'must be an API name: letters, digits and single underscores')

const reason = z.string().trim().min(10, 'must say why, in ten characters or more').max(500)

export const appDescriptionForm = z.strictObject({
  purpose: z.string().trim().min(5).max(255).describe('What it is for: the description of the app'),
  contact: z.email().max(80).describe('Who answers for it'),
  flow: z.enum(appFlows).describe('How it signs in'),
  callbacks: z
    .array(z.string().min(1).max(2000))
    .max(30)
    .optional()
    .describe('Exact addresses; of the web-server flow'),
  scopes: z
    .array(z.string().min(1).max(80))
    .min(1)
    .optional()
    .describe('OAuth scopes, as on the wire or in metadata; default: api, and refresh_token where a person signs in'),
  permissionSet: name.describe('Who holds it may use the app, and nobody else'),
  createPermissionSet: z.boolean().optional().describe('Make that permission set, empty, where there is none'),
  runsAs: z.string().min(1).max(80).optional().describe('Username that client credentials run as: an API-only user'),
  certificate: z.string().min(1).optional().describe('PEM file of the certificate for JWT bearer'),
  tokenAddresses: z
    .array(z.string().min(2).max(100))
    .max(128)
    .optional()
    .describe(
      'From where refresh tokens are good: addresses, networks, or both ends with a hyphen; 256 addresses at most',
    ),
  idleDays: z.int().min(1).max(30).optional().describe('Refresh tokens unused for so long die; default 30'),
  sessionMinutes: z
    .int()
    .min(15)
    .max(1440)
    .optional()
    .describe('How long an access token lives unused; default: the org’s'),
  reasons: z
    .strictObject({
      full: reason.optional().describe('Why it needs the scope full'),
      device: reason.optional().describe('Why it needs the device flow'),
      anywhere: reason.optional().describe('Why its refresh tokens must be good from everywhere'),
      localCallback: reason.optional().describe('Why a callback is on the computer itself, in production'),
    })
    .optional()
    .describe('What is refused without a reason'),
})

export type AppDescription = z.infer<typeof appDescriptionForm>

export const appName = name

export const appDescriptionSchema = (): object =>
  z.toJSONSchema(appDescriptionForm, { target: 'draft-2020-12', io: 'input' })
