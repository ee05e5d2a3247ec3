/**
 * One call of the REST API, whether it came over the wire or out of a composite request: what it asks, who asks, and
 * what it answers, with bodies as JSON values.
 */
import type { Access } from '../data/access.ts'
import { ApiError } from '../data/api-error.ts'
import type { Session, SimOrg } from '../route.ts'
import type { ApiUsage } from './usage.ts'

export interface Call {
  readonly method: string
  /** The path after `/services/data/vXX.X`, without a slash at the end. */
  readonly resource: string
  readonly query: URLSearchParams
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly version: string
  readonly baseUrl: string
  readonly session: Session
  readonly org: SimOrg
  readonly access: Access
  readonly usage: ApiUsage
  /** Answers a call that is part of this one. */
  readonly dispatch: (call: Call) => Answer
}

export interface Answer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  /** undefined: no body. */
  readonly body?: unknown
}

export interface Resource {
  readonly pattern: RegExp
  readonly methods: Readonly<Partial<Record<Method, (call: Call, match: RegExpExecArray) => Answer>>>
}

export type Method = 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE' | 'HEAD'

export type JsonObject = Readonly<Record<string, unknown>>

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Whether the call goes to the Tooling API, which knows other objects and has urls of its own. */
export const isTooling = (call: Call): boolean => call.resource.startsWith('/tooling/')

/** Where the urls of a call's answer begin. */
export const prefixOf = (call: Call): string => `/services/data/v${call.version}${isTooling(call) ? '/tooling' : ''}`

/** A resource by its path as sent. A path that can't be decoded names nothing. */
export function resourceOf(path: string): string {
  try {
    return decodeURIComponent(path.replace(/\/$/, ''))
  } catch {
    return '/%'
  }
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body) as unknown
  } catch (error) {
    throw new ApiError(400, 'JSON_PARSER_ERROR', error instanceof Error ? error.message : 'invalid JSON')
  }
}

export function jsonBody(call: Call): JsonObject {
  const value = parseJson(call.body)
  if (!isObject(value))
    throw new ApiError(400, 'JSON_PARSER_ERROR', 'The HTTP entity body is required to be a JSON object')
  return value
}

export const errorBody = (error: ApiError): unknown => [
  {
    message: error.message,
    errorCode: error.errorCode,
    ...(error.fields === undefined ? {} : { fields: error.fields }),
  },
]
