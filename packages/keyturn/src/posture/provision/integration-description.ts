/** An integration user in a few lines: flags or a file. */
import * as z from 'zod'

const apiName = z
  .string()
  .max(80)
  .regex(/^[A-Za-z](?!.*__)[A-Za-z0-9_]*(?<!_)$/, 'must be an API name: letters, digits and single underscores')

export const integrationForm = z.strictObject({
  username: z.email('must have the form of an email address').max(80).describe('Its username; nobody may have it yet'),
  name: z.string().trim().min(2).max(80).describe('Its last name, as lists of users show it'),
  email: z.email().max(80).describe('Where Salesforce writes to: a mailbox somebody reads'),
  permissionSet: apiName.describe('API name of the permission set that says what it may do; made for it alone'),
  objects: z.array(z.string().min(3).max(200)).min(1).describe('What it may do with records: Account:read,create'),
  fields: z
    .array(z.string().min(3).max(200))
    .optional()
    .describe('Fields besides the required ones: Account.Industry:edit'),
  ownProfile: z
    .string()
    .max(80)
    .regex(/^[A-Za-z][\w .-]*$/, 'must be letters, digits, blanks, dots and hyphens')
    .optional()
    .describe('Name of a profile of its own; needed for login hours and addresses of its own'),
  hours: z.string().max(300).optional().describe('When it may log in: mon-fri 06:00-20:00, by the org’s time zone'),
  addresses: z
    .array(z.string().min(2).max(100))
    .max(50)
    .optional()
    .describe('From where it may log in, besides Keyturn'),
})

export type IntegrationDescription = z.infer<typeof integrationForm>

export const integrationSchema = (): object => z.toJSONSchema(integrationForm, { target: 'draft-2020-12', io: 'input' })
