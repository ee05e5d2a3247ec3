/** A caller's policy for a person: one row for each thing it may or may not. */
import { createHash } from 'node:crypto'
import type * as z from 'zod'
import type { callerShape } from '../broker/api/shapes.ts'
import { moment } from '../output/moment.ts'

/** By which people compare keys: SHA-256 of the SPKI. */
const fingerprint = (spki: string): string =>
  createHash('sha256').update(Buffer.from(spki, 'base64')).digest('hex').slice(0, 32)

export const policyRows = (
  caller: z.input<typeof callerShape>,
  now: number,
): readonly (readonly [string, string])[] => [
  ['id', caller.id],
  ['grants', caller.grants.join(' ')],
  ['faces', caller.faces.join(' ')],
  ['paths', caller.paths === null ? 'all' : caller.paths.map(({ method, prefix }) => `${method}:${prefix}`).join(' ')],
  [
    'from',
    [
      ...caller.ranges,
      ...caller.sockets.map((name) => `socket ${name}`),
      ...caller.certificates.map((one) => `certificate ${one.slice(0, 16)}…`),
      ...(caller.anyAddress ? ['any address'] : []),
    ].join(', '),
  ],
  ['rate', caller.perMinute === null ? 'no limit' : `${caller.perMinute} a minute for each replica`],
  ['ends', caller.expiresAt === null ? 'never' : moment(caller.expiresAt, now)],
  ['tokens', caller.realTokens ? 'real ones' : 'virtual sessions'],
  ...(caller.operator ? [['operator', 'yes'] as const] : []),
  ...(caller.virtualUser === null ? [] : [['user', caller.virtualUser] as const]),
  ...(caller.clientId === null ? [] : [['client id', caller.clientId] as const]),
  ...(caller.publicKey === null ? [] : [['public key', `sha256 ${fingerprint(caller.publicKey)}`] as const]),
  ...(caller.audiences.length === 0 ? [] : [['audiences', caller.audiences.join(' ')] as const]),
  ...(caller.takeOver === null
    ? []
    : [['takes over', `${caller.takeOver.grant} until ${moment(caller.takeOver.until, now)}`] as const]),
  ['made', moment(caller.createdAt, now)],
  ...(caller.rotatedAt === null ? [] : [['rotated', moment(caller.rotatedAt, now)] as const]),
]
