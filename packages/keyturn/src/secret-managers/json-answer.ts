/** One request to a JSON API, and its answer: an object, or what it was instead. */
import { request } from '@keyturn/tokens/maintenance'
import type { Network } from '@keyturn/tokens/maintenance'
import type { Secret } from '@keyturn/tokens'
import { asUnreachable, unreachable } from './refusals.ts'

export type JsonObject = Readonly<Record<string, unknown>>

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export interface JsonAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** Empty when the answer had no body. */
  readonly body: JsonObject
}

interface JsonRequest {
  readonly method: string
  readonly headers: Readonly<Record<string, string | Secret>>
  readonly body?: unknown
  /** Default application/json. */
  readonly contentType?: string
}

const timeout = 30_000

/** Throws DESTINATION_UNREACHABLE: no answer, a server's failure, or something that is not JSON where JSON was due. */
export const askJson = async (
  url: URL,
  { method, headers, body, contentType = 'application/json' }: JsonRequest,
  net: Network,
): Promise<JsonAnswer> => {
  const answer = await request(
    url,
    {
      method,
      timeout,
      bodyLimit: 8 * 1024 * 1024,
      headers: { ...headers, ...(body === undefined ? {} : { 'content-type': contentType }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    },
    net,
  ).catch((error: unknown) => {
    throw asUnreachable(error)
  })
  const text = answer.body.toString('utf8')
  let parsed: unknown = {}
  try {
    if (text !== '') parsed = JSON.parse(text)
  } catch {
    if (answer.status < 300) throw unreachable(`${url.host} answered ${answer.status} with something that is no JSON`)
  }
  return { status: answer.status, headers: answer.headers, body: isObject(parsed) ? parsed : {} }
}

/** The messages of an error's body, shortened; what we sent is never among them. */
export const messageOf = (body: JsonObject): string => {
  const { errors, message } = body
  const texts = Array.isArray(errors) ? errors.filter((each) => typeof each === 'string') : [message]
  const text = texts.filter((each) => typeof each === 'string').join('; ')
  // oxlint-disable-next-line no-control-regex -- control characters are what is taken out
  return text.replaceAll(/[\x00-\x1f\x7f]+/g, ' ').slice(0, 300)
}
