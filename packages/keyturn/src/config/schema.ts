/**
 * keyturn.yaml: everything it may hold. No secret is among it: keys and passwords are named by a reference (env:, file:,
 * command:, vault:, aws:, keyring:), so that the file can be committed, mailed and shown.
 */
import * as z from 'zod'
import { brokerSection } from './broker-section.ts'
import { certificatesSection } from './certificates-section.ts'
import { credentialsSection } from './credentials-section.ts'
import { destinationsSection } from './destinations-section.ts'
import { duration } from './duration.ts'
import { keyForms, keyReference } from '../reference.ts'
import { mailboxesSection } from './mailboxes-section.ts'
import { notifySection } from './notify-section.ts'
import { ownParametersForm } from '../posture/audit/own-parameters-form.ts'
import { waiversForm } from '../posture/waivers/waiver-form.ts'

const reference = z.string().regex(keyReference, `must say where the secret is: ${keyForms}`)

const store = z
  .string()
  .regex(
    /^(sqlite:.|postgres(ql)?:\/\/|(env|vault|aws):.)/,
    'must be sqlite:PATH, postgres://USER@HOST/DATABASE, or where that is: env:NAME, vault:PATH#FIELD, aws:SECRET_ID#KEY',
  )
  .refine((url) => !/^postgres(ql)?:\/\/[^@/]*:[^@]+@/.test(url), {
    message: 'holds a password: use env:NAME, PGPASSWORD or ~/.pgpass',
  })

const httpUrl = z.string().regex(/^https?:\/\/[^\s/]+/, 'must be a URL such as https://login.salesforce.com')

export const configSchema = z.strictObject({
  version: z.literal(1).describe('Version of this format'),
  store: store.optional().describe('sqlite:PATH (relative to this file), postgres://USER@HOST/DATABASE, or env:NAME'),
  masterKey: reference.optional().describe('Where the 32 bytes are that seal the secrets in the store'),
  stateFolder: z.string().min(1).optional().describe('Where this host keeps its journal'),
  allowHosts: z
    .array(z.string().regex(/^[A-Za-z0-9.-]+$/, 'must be a bare host name'))
    .optional()
    .describe('Hosts besides Salesforce, My Domain and loopback that a login URL may name'),
  caFile: z.string().min(1).optional().describe('PEM file of a corporate CA'),
  forceNetworkFileSystem: z.boolean().optional().describe('Use SQLite on a network file system all the same'),
  limits: z
    .strictObject({
      connect: duration.optional().describe('To connect, TLS included'),
      wait: duration.optional().describe('How long callers wait for an exchange'),
      send: duration.optional().describe('From the claim to the first byte'),
      doubt: duration.optional().describe('From the claim until other hosts call it in doubt and turn to a spare'),
      read: duration.optional().describe('After this nothing more of an answer is expected'),
      stale: duration.optional().describe('How old a token may be when it is served without asking the store'),
    })
    .optional()
    .describe('Time limits; see docs/cli.md'),
  connect: z
    .strictObject({
      loginUrl: httpUrl.optional().describe('Login host of new grants'),
      clientId: z.string().min(1).optional().describe('Consumer key of new grants'),
      scope: z.string().min(1).optional().describe('Scopes of new grants'),
      host: z.enum(['localhost', '127.0.0.1']).optional().describe('Host of the redirect URI'),
      port: z.int().min(1).max(65_535).optional().describe('Port of the redirect URI'),
      path: z
        .string()
        .regex(/^\/[\w./-]*$/, 'must start with a slash')
        .optional()
        .describe('Path of the redirect URI'),
    })
    .optional()
    .describe('Defaults of `keyturn connect`'),
  credentials: credentialsSection.optional().describe('What is rotated, and when'),
  certificates: certificatesSection.optional().describe('Whose ends are watched, rotated or not'),
  destinations: destinationsSection.optional().describe('Where consumers read rotated values; docs/destinations.md'),
  mailboxes: mailboxesSection
    .optional()
    .describe('Where mail with new security tokens arrives; docs/how-to/let-keyturn-read-security-token-mail.md'),
  broker: brokerSection.optional().describe('`keyturn serve`'),
  notify: notifySection.optional().describe('Who is told, and how'),
  controls: ownParametersForm
    .optional()
    .describe(
      'What `keyturn audit` asks of a control here instead of its profile, by the control’s id; docs/controls.md',
    ),
  waivers: waiversForm.optional().describe('Findings of `keyturn audit` that somebody answers for'),
})

export type KeyturnConfig = z.infer<typeof configSchema>

/** For editors: `# yaml-language-server: $schema=…`. */
export const configJsonSchema = (): object => ({
  $id: 'keyturn.schema.json',
  title: 'keyturn.yaml',
  ...z.toJSONSchema(configSchema, { io: 'input' }),
})
