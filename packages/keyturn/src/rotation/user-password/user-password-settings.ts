/** What every credential with a user’s password says in keyturn.yaml, whether a security token belongs to it or not. */
import * as z from 'zod'

const httpUrl = z.string().regex(/^https?:\/\/[^\s/]+/, 'must be a URL such as https://acme.my.salesforce.com')

export const userPasswordFields = {
  org: z
    .string()
    .min(1)
    .describe('Grant that sets it: of an administrator (“Manage Users”), or with `how: own` of the user itself'),
  user: z.string().min(1).describe('User name of the integration user'),
  how: z
    .enum(['reset', 'own'])
    .optional()
    .describe('reset (default): an administrator sets it; own: the user itself, who must know the old one'),
  loginUrl: httpUrl.optional().describe('Where the new value is tried; default: the org’s own address'),
  signIn: z
    .strictObject({
      by: z.enum(['soap', 'password-flow']).describe('SOAP login() (default), or the OAuth username-password flow'),
      clientId: z.string().min(1).optional().describe('Consumer key, for password-flow'),
      clientSecret: z
        .string()
        .regex(
          /^(env|file|command|vault|aws):./,
          'must say where it is: env:NAME, file:PATH, command:PROGRAM, vault:… or aws:…',
        )
        .optional()
        .describe('Where its secret is'),
    })
    .refine(({ by, clientId }) => by === 'soap' || clientId !== undefined, 'password-flow needs a clientId')
    .optional()
    .describe('The login by which the new value is proved: the one that consumers use'),
  password: z
    .strictObject({
      length: z.int().min(12).max(128).optional().describe('Default 32; more where the org’s policy wants more'),
      special: z
        .string()
        .regex(/^[!"#$%&'()*+,\-./:;<=>?@[\\\]^_`{|}~]+$/, 'must be special characters that Salesforce counts as such')
        .optional()
        .describe('Special characters to use; default -_. which no shell, URL or .env file trips over'),
    })
    .optional()
    .describe('How the new password is made'),
} as const

const settings = z.strictObject(userPasswordFields)
export type UserPasswordSettings = z.infer<typeof settings>
