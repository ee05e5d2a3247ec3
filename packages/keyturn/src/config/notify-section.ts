/** `notify:` in keyturn.yaml: the channels by which people are told, and who owns what. Every secret is a reference. */
import * as z from 'zod'
import { secretForms, secretReference } from '../reference.ts'
import { duration } from './duration.ts'

const name = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9-]{0,62}$/, 'must be a name of letters, digits and dashes')
const reference = z.string().regex(secretReference, `must say where the secret is: ${secretForms}`)
const mail = z
  .string()
  .max(254)
  .regex(/^[^\s<>(),;:"\\@[\]\p{Cc}]+@[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/u, 'must be a bare mail address')

const timeout = duration.optional().describe('For one try; default 10s')
const url = reference.describe('Where its address is; whoever knows the address can write to the channel')
const plainHttp = z.boolean().optional().describe('Allow http:// to another machine; default false')

const channel = z.discriminatedUnion(
  'kind',
  [
    z.strictObject({
      kind: z.literal('webhook'),
      url,
      secret: reference.optional().describe('Where the key is that signs each request'),
      plainHttp,
      timeout,
    }),
    z.strictObject({
      kind: z.literal('slack'),
      url,
      format: z.enum(['blocks', 'text']).optional().describe('`text` for services that know only that; default blocks'),
      plainHttp,
      timeout,
    }),
    z.strictObject({
      kind: z.literal('smtp'),
      host: z.string().regex(/^[A-Za-z0-9]([A-Za-z0-9.:-]*[A-Za-z0-9])?$/, 'must be a bare host name or address'),
      port: z.int().min(1).max(65_535).optional().describe('Default 587; 465 with tls: implicit'),
      tls: z
        .enum(['starttls', 'implicit', 'none'])
        .optional()
        .describe('Default starttls, implicit on port 465, none to this machine itself'),
      user: z.string().min(1).optional().describe('Name to sign in with'),
      password: reference.optional().describe('Where its password is'),
      from: mail.describe('Sender'),
      to: mail.describe('Who is told where nobody else is named'),
      timeout,
    }),
    z.strictObject({
      kind: z.literal('command'),
      run: z
        .array(z.string().min(1))
        .min(1)
        .describe('Program and arguments, run without a shell; the notification is JSON on its standard input'),
      env: z
        .array(z.string().regex(/^[A-Za-z_]\w*$/, 'must be the name of a variable'))
        .optional()
        .describe('Environment variables it gets besides PATH, HOME, LANG and TZ'),
      timeout,
    }),
  ],
  { error: 'kind must be webhook, slack, smtp or command' },
)

const section = z.strictObject({
  repeatAfter: duration.optional().describe('The same is told again only after this long; default 1d'),
  channels: z.record(name, channel).describe('Where people are told; each is tried for each notification'),
  owners: z
    .record(
      name,
      z.strictObject({
        mail: mail.optional().describe('Mail address; default: the `to` of the channel'),
        channels: z.array(name).min(1).optional().describe('Only these channels; default: all'),
      }),
    )
    .optional()
    .describe('People or teams who own grants'),
})

/** What no single setting shows: names that lead nowhere, halves of a sign-in. */
export const notifySection = section.superRefine(({ channels, owners = {} }, context) => {
  const say = (path: readonly string[], message: string): void =>
    context.addIssue({ code: 'custom', path: [...path], message })
  for (const [owner, { channels: named = [] }] of Object.entries(owners))
    for (const one of named)
      if (!Object.hasOwn(channels, one)) say(['owners', owner, 'channels'], `names ${one}, which is no channel`)
  for (const [one, settings] of Object.entries(channels))
    if (settings.kind === 'smtp' && (settings.user === undefined) !== (settings.password === undefined))
      say(['channels', one], 'needs user and password, or neither')
})

export type NotifySection = z.infer<typeof notifySection>
export type ChannelSection = z.infer<typeof channel>
