/** Who calls the own API: Basic `id:secret`, Bearer `id.secret`, a client certificate, or a socket of its own. */
import type { FastifyRequest } from 'fastify'
import { KeyturnError, Secret } from '@keyturn/tokens'
import type { BrokerContext, Caller, Presented } from '../caller.ts'
import { prove } from '../callers/prove.ts'

const shown = (header: string): Presented => {
  const [scheme = '', value = ''] = header.split(' ', 2)
  const plain = scheme.toLowerCase() === 'basic' ? Buffer.from(value, 'base64').toString('utf8') : value
  const at = plain.search(/[:.]/)
  return at === -1
    ? { kind: 'secret', id: '', secret: new Secret(plain) }
    : { kind: 'secret', id: plain.slice(0, at), secret: new Secret(plain.slice(at + 1)) }
}

/** Throws NOT_AUTHENTICATED, RATE_LIMITED, STORE_UNAVAILABLE. */
export const identify = async (context: BrokerContext, request: FastifyRequest): Promise<Caller> => {
  const { authorization } = request.headers
  const presented = authorization === undefined ? context.transportProof(request) : shown(authorization)
  const caller = presented && (await prove(context, request, 'api', presented))
  if (caller === null) throw new KeyturnError('NOT_AUTHENTICATED', 'That proves no caller of this broker')
  return caller
}
