/** How a request proves whose it is: by what it shows, where it comes from, and what its connection proves by itself. */
import type { FastifyRequest } from 'fastify'
import { Secret } from '@keyturn/tokens'
import type { BrokerContext, Caller, Face, Presented } from '../caller.ts'
import type { Place } from './place-fits.ts'

/** The OAuth client as the request names it. */
export interface Client {
  readonly id: string | null
  readonly secret: string | null
}

export const placeOf = (context: BrokerContext, request: FastifyRequest): Place => ({
  address: context.addressOf(request),
  transport: context.transportProof(request),
})

export const prove = (
  context: BrokerContext,
  request: FastifyRequest,
  face: Face,
  presented: Presented,
): Promise<Caller | null> => context.callers.authenticate(presented, { ...placeOf(context, request), face })

/** By id and secret; by its certificate or socket where it shows neither. */
export const proveByClient = async (
  context: BrokerContext,
  request: FastifyRequest,
  { id, secret }: Client,
): Promise<Caller | null> => {
  const presented =
    id !== null && secret !== null
      ? ({ kind: 'secret', id, secret: new Secret(secret) } as const)
      : context.transportProof(request)
  return presented === null ? null : prove(context, request, 'oauth', presented)
}

export const proveByRefreshToken = async (
  context: BrokerContext,
  request: FastifyRequest,
  { id: clientId, secret }: Client,
  text: string,
): Promise<{ readonly caller: Caller; readonly grant: string } | null> => {
  const token = new Secret(text)
  const clientSecret = secret === null ? null : new Secret(secret)
  const caller = await prove(context, request, 'oauth', { kind: 'refresh-token', token, clientId, clientSecret })
  const grant = caller === null ? null : await context.callers.grantOfRefreshToken(caller, token)
  return caller === null || grant === null ? null : { caller, grant }
}
