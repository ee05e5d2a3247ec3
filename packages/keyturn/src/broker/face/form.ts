/**
 * A form as the OAuth endpoints take it: each name with one value (RFC 6749 §3.2), and the client's name and secret from it.
 * Salesforce reads the query of the address, too, and a Java sample that was copied into thousands of programs posts
 * everything there: it counts as part of the form. (We log routes, never addresses.)
 */
import type { FastifyRequest } from 'fastify'
import type { Client } from '../callers/prove.ts'
import { OAuthRefusal } from './oauth-answer.ts'

/** A map: no name that a client invents means anything to it. */
export type Form = ReadonlyMap<string, string>

/** Throws OAuthRefusal. */
export const formOf = (request: FastifyRequest): Form => {
  const form = new Map<string, string>()
  const take = (text: string): void => {
    for (const [name, value] of new URLSearchParams(text)) {
      if ((form.get(name) ?? value) !== value)
        throw new OAuthRefusal('invalid_request', `parameter ${safe(name)} is given twice`)
      form.set(name, value)
    }
  }
  const url = request.raw.url ?? ''
  const query = url.indexOf('?')
  if (query >= 0) take(url.slice(query + 1))
  if (typeof request.body === 'string') take(request.body)
  return form
}

const safe = (name: string): string => (/^[a-z_]{1,40}$/.test(name) ? name : 'of that name')

/** From the form or from HTTP Basic (RFC 6749 §2.3.1), never half of each. */
export const clientOf = (request: FastifyRequest, form: Form): Client => {
  const id = form.get('client_id') ?? null
  const secret = form.get('client_secret') ?? null
  const [, encoded] = /^Basic\s+([A-Za-z0-9+/=]{1,4096})\s*$/i.exec(request.headers.authorization ?? '') ?? []
  if (encoded === undefined) return { id, secret }
  const text = Buffer.from(encoded, 'base64').toString('utf8')
  const colon = text.indexOf(':')
  const [user, password] = colon < 0 ? [null, null] : [decode(text.slice(0, colon)), decode(text.slice(colon + 1))]
  if (user === null || password === null) throw new OAuthRefusal('invalid_request', 'unreadable Authorization header')
  if (secret !== null || (id !== null && id !== user)) {
    throw new OAuthRefusal('invalid_request', 'client credentials are given in two ways')
  }
  return { id: user, secret: password }
}

const decode = (text: string): string | null => {
  try {
    return decodeURIComponent(text.replaceAll('+', '%20'))
  } catch {
    return null
  }
}
