/** What the broker's own API takes and answers. Names and meanings are a contract: add, never change. */
import * as z from 'zod'

const moment = z.number().describe('Epoch milliseconds')

export const problem = z
  .object({
    code: z.string().describe('From the table of docs/errors.md'),
    kind: z.string(),
    message: z.string(),
    fix: z.string().describe('What to do'),
    retry: z.enum(['never', 'later', 'now']),
    data: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'Problem' })

export const grantShape = z
  .object({
    name: z.string(),
    flow: z.enum(['refresh_token', 'jwt_bearer', 'client_credentials']),
    loginUrl: z.string(),
    username: z.string().nullable(),
    orgId: z.string().nullable(),
    userId: z.string().nullable(),
    status: z.string(),
    why: z.object({ code: z.string(), text: z.string(), at: moment, next: z.string() }).nullable(),
    access: z.string().describe('Whether its access token lives'),
    generation: z.number(),
    source: z.string().nullable().describe('How the access token was got'),
    issuedAt: moment.nullable(),
    exchangedAt: moment.nullable(),
    spares: z.array(z.object({ name: z.string(), flow: z.string(), state: z.string(), independent: z.boolean() })),
  })
  .meta({ id: 'Grant' })

export const tokenShape = z
  .object({
    accessToken: z.string(),
    instanceUrl: z.string(),
    generation: z.number().describe('To be named when the API refuses the token'),
    issuedAt: moment,
    userId: z.string().nullable(),
    orgId: z.string().nullable(),
    source: z.string(),
  })
  .meta({ id: 'Token' })

const face = z.enum(['oauth', 'soap', 'proxy', 'api'])

export const useShape = z
  .object({ caller: z.string(), grant: z.string(), face: z.string(), count: z.number(), last: moment })
  .meta({ id: 'Use' })

export const callerShape = z
  .object({
    id: z.string(),
    name: z.string(),
    grants: z.array(z.string()),
    faces: z.array(face),
    paths: z.array(z.object({ method: z.string(), prefix: z.string() })).nullable(),
    ranges: z.array(z.string()),
    anyAddress: z.boolean(),
    perMinute: z.number().nullable(),
    expiresAt: moment.nullable(),
    realTokens: z.boolean(),
    operator: z.boolean(),
    virtualUser: z.string().nullable(),
    certificates: z.array(z.string()),
    sockets: z.array(z.string()),
    clientId: z.string().nullable(),
    publicKey: z.string().nullable().describe('SPKI in base64: what its assertions are signed with'),
    audiences: z.array(z.string()),
    takeOver: z.object({ grant: z.string(), until: moment }).nullable(),
    createdAt: moment,
    rotatedAt: moment.nullable(),
  })
  .meta({ id: 'Caller' })

export const newCallerShape = z
  .strictObject({
    name: z.string(),
    grants: z.array(z.string()),
    faces: z.array(face).optional().describe('Default: oauth and proxy, and soap where virtualUser is given'),
    paths: z
      .array(z.strictObject({ method: z.string(), prefix: z.string() }))
      .nullable()
      .optional(),
    ranges: z.array(z.string()).optional(),
    anyAddress: z.boolean().optional(),
    perMinute: z.number().nullable().optional(),
    expiresAt: moment.nullable().optional(),
    realTokens: z.boolean().optional(),
    operator: z.boolean().optional(),
    virtualUser: z.string().min(1).max(80).nullable().optional(),
    certificates: z.array(z.string()).optional(),
    sockets: z.array(z.string()).optional(),
    publicKey: z
      .string()
      .max(20_000)
      .optional()
      .describe('PEM of a public key or certificate, for the JWT bearer flow'),
    audiences: z.array(z.string()).optional(),
  })
  .meta({ id: 'NewCaller' })

export const callerChangesShape = newCallerShape
  .omit({ name: true, virtualUser: true, publicKey: true })
  .extend({ faces: z.array(face) })
  .partial()
  .meta({ id: 'CallerChanges' })

export const issuedShape = z
  .object({
    caller: callerShape,
    secret: z.string().describe('Told once'),
    password: z.string().nullable(),
    refreshTokens: z.record(z.string(), z.string()).describe('By grant'),
    warnings: z.array(z.string()),
  })
  .meta({ id: 'Issued' })

export const eventShape = z
  .object({
    seq: z.number().describe('Also the id of the event: Last-Event-ID goes on after it'),
    at: moment,
    kind: z.string(),
    grant: z.string().nullable(),
    data: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
  })
  .meta({ id: 'Event' })
