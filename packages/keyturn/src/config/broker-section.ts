/** `broker:` in keyturn.yaml: where `keyturn serve` listens, under which names its orgs are reached, and its limits. */
import * as z from 'zod'
import { secretForms, secretReference } from '../reference.ts'
import { duration } from './duration.ts'

const name = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9-]{0,62}$/, 'must be a name of letters, digits and dashes')
const host = z.string().regex(/^(?=.{1,253}$)\w([\w.-]*\w)?$/, 'must be a bare host name')
const cidr = z.string().regex(/^[0-9A-Fa-f.:]+(\/\d{1,3})?$/, 'must be an address or a range such as 10.0.0.0/8')
const path = z.string().min(1)

const listener = z
  .strictObject({
    host: z.string().min(1).optional().describe('Address to listen on; default 127.0.0.1'),
    port: z.int().min(0).max(65_535).optional().describe('Port; 0 takes a free one'),
    socket: path.optional().describe('Path of a Unix socket instead of host and port'),
    mode: z
      .string()
      .regex(/^0?[0-7]{3}$/, 'must be a mode such as 0660')
      .optional()
      .describe('Mode of that socket; default 0600'),
    name: name.optional().describe('Name of that socket, by which a caller is known that has it for its own'),
    org: name.optional().describe('Everything that comes in here is for this org'),
    tls: z
      .strictObject({
        cert: path.describe('PEM file of the certificate and its chain'),
        key: z
          .string()
          .regex(secretReference, `must say where the key is: ${secretForms}`)
          .describe('Where the private key is'),
        clientCa: path.optional().describe('PEM file of the CA whose client certificates are looked at'),
      })
      .optional()
      .describe('HTTPS'),
  })
  .refine(({ port, socket }) => (port === undefined) !== (socket === undefined), {
    message: 'needs either a port or a socket',
  })

export const brokerSection = z.strictObject({
  listen: z.array(listener).min(1).optional().describe('Where to listen; default http://127.0.0.1:8787'),
  publicUrl: z
    .string()
    .regex(/^https?:\/\/[^\s/?#]+$/, 'must be scheme and host only, such as https://broker.example.com')
    .optional()
    .describe('What callers are told as the broker’s address; default: what they wrote themselves'),
  hosts: z.array(host).optional().describe('Host names that are answered; default: any'),
  trustedProxies: z.array(cidr).optional().describe('Reverse proxies whose X-Forwarded-For is believed'),
  orgs: z
    .record(
      name,
      z.strictObject({
        grant: z.string().min(1).optional().describe('Name of the grant; default: the org’s name'),
        hosts: z.array(host).optional().describe('Host names under which this org is reached'),
        ipLocked: z.boolean().optional().describe('The org locks sessions to their address: nobody gets real tokens'),
        owner: z
          .string()
          .min(1)
          .optional()
          .describe('Who is asked to sign in again: a name of notify.owners, or a mail address'),
      }),
    )
    .optional()
    .describe('Orgs that are reached by their own host name, port or path (/orgs/NAME/…)'),
  reauthorise: z
    .strictObject({
      linkLife: duration.optional().describe('How long a link to sign in again can be used; default 1d'),
      owner: z.string().min(1).optional().describe('Who is asked where the org names no owner'),
    })
    .optional()
    .describe('When a grant is dead and a person has to sign in again'),
  limits: z
    .strictObject({
      body: z.int().positive().optional().describe('Largest body, bytes; default 160 MB'),
      headers: duration.optional().describe('For the head of a request to arrive; default 15s'),
      request: duration
        .optional()
        .describe(
          'For a whole request to arrive; default 10m. Uploads through the proxy may take longer, as long as a kilobyte a minute comes in',
        ),
      idle: duration.optional().describe('How long an idle connection stays open; default 65s'),
      connections: z.int().positive().optional().describe('Open connections at once, for each listener; default 10000'),
      grace: duration.optional().describe('How long running requests are waited for at the end; default 20s'),
      connect: duration.optional().describe('For a connection to an org; default 10s'),
      answer: duration
        .optional()
        .describe(
          'For an org to begin its answer to a proxied call, then the caller gets 504; default 620s, a little more than the longest query Salesforce runs',
        ),
      staleMax: duration.optional().describe('How long a store that does not answer is bridged; default 60s'),
    })
    .optional()
    .describe('Limits of the server'),
  metrics: z
    .strictObject({ ranges: z.array(cidr).describe('Who may read /metrics; default: this machine') })
    .optional()
    .describe('Prometheus'),
  traces: z
    .strictObject({
      endpoint: z
        .string()
        .regex(/^https?:\/\/[^\s?#]+$/, 'must be an address such as http://localhost:4318')
        .optional()
        .describe('OTLP over HTTP; /v1/traces is appended. Default: OTEL_EXPORTER_OTLP_ENDPOINT, else no traces'),
      upstream: z.boolean().optional().describe('Send traceparent on to the org; default no'),
    })
    .optional()
    .describe('OpenTelemetry'),
  log: z.enum(['debug', 'info', 'warn', 'error', 'silent']).optional().describe('How much is logged; default info'),
  usageEvery: duration.optional().describe('How often the sums of uses are written; default 1m'),
  rotation: z
    .boolean()
    .optional()
    .describe('Turn credentials when their schedule says so; default: yes where there is a schedule'),
  sweepEvery: duration.optional().describe('How often grants are looked at (keep-alive, refresh ahead); default 1m'),
})

export type BrokerSection = z.infer<typeof brokerSection>
