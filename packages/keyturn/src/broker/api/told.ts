/** What the store knows, as the API tells it. `Issued` is the one place where new secrets leave, once. */
import type { GrantView, Token } from '@keyturn/tokens'
import type * as z from 'zod'
import type { StoredCaller } from '../callers/caller-record.ts'
import type { Issued } from '../callers/manage-callers.ts'
import type { callerShape, grantShape, issuedShape, tokenShape } from './shapes.ts'

export const grantTold = (view: GrantView): z.input<typeof grantShape> => ({
  name: view.name,
  flow: view.flow,
  loginUrl: view.loginUrl,
  username: view.username,
  orgId: view.identity?.orgId ?? null,
  userId: view.identity?.userId ?? null,
  status: view.status,
  why: view.why,
  access: view.access,
  generation: view.generation,
  source: view.source,
  issuedAt: view.issuedAt,
  exchangedAt: view.exchangedAt,
  spares: view.fallback.map(({ name, flow, state, independent }) => ({ name, flow, state, independent })),
})

export const tokenTold = (token: Token): z.input<typeof tokenShape> => ({
  accessToken: token.accessToken,
  instanceUrl: token.instanceUrl,
  generation: token.generation,
  issuedAt: token.issuedAt,
  userId: token.userId,
  orgId: token.orgId,
  source: token.source,
})

export const callerTold = ({ id, doc }: StoredCaller): z.input<typeof callerShape> => ({
  id,
  name: doc.name,
  grants: [...doc.grants],
  faces: [...doc.faces],
  paths: doc.paths === null ? null : doc.paths.map((rule) => ({ ...rule })),
  ranges: [...doc.ranges],
  anyAddress: doc.anyAddress,
  perMinute: doc.rate?.perMinute ?? null,
  expiresAt: doc.expiresAt,
  realTokens: doc.realTokens,
  operator: doc.operator,
  virtualUser: doc.virtualUser,
  certificates: [...doc.certificates],
  sockets: [...doc.sockets],
  clientId: doc.client?.id ?? null,
  publicKey: doc.publicKey,
  audiences: [...doc.audiences],
  takeOver: doc.takeOver === null ? null : { grant: doc.takeOver.grant, until: doc.takeOver.until },
  createdAt: doc.createdAt,
  rotatedAt: doc.rotatedAt,
})

export const issuedTold = ({
  caller,
  secret,
  password,
  refreshTokens,
  warnings,
}: Issued): z.input<typeof issuedShape> => ({
  caller: callerTold(caller),
  secret: secret.reveal(),
  password: password?.reveal() ?? null,
  refreshTokens: Object.fromEntries(Object.entries(refreshTokens).map(([grant, token]) => [grant, token.reveal()])),
  warnings: [...warnings],
})
