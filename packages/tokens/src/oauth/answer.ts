/**
 * What an answer of the token endpoint means. Pure.
 *
 * The rule behind it: only a complete, readable error is a refusal, and whatever contains a whole token is a success,
 * however broken the rest. In between lies "unknown", which costs time but never a grant.
 *
 * Bodies and texts: Salesforce Help "OAuth 2.0 Authorization Errors"; release notes Summer '24 and Winter '25 for
 * "token request is already being processed" (before: "expired authorization code").
 */
import { Secret } from '../secret.ts'
import type { DoubtCause } from '../protocol/state.ts'

export interface RawAnswer {
  readonly status: number
  readonly body: Uint8Array
  /** The HTTP message ended where it said it would. */
  readonly complete: boolean
}

/** What a success holds; null: not in the answer, or cut off in the middle of its value. */
export interface Tokens {
  readonly accessToken: Secret | null
  readonly refreshToken: Secret | null
  readonly instanceUrl: string | null
  /** Salesforce's `issued_at`, epoch ms. */
  readonly issuedAt: number | null
  readonly scope: string | null
  readonly format: string
  readonly orgId: string | null
  readonly userId: string | null
}

export type Judged =
  | { readonly kind: 'tokens'; readonly tokens: Tokens }
  /** "expired access/refresh token": unknown, revoked, expired or rotated out; the wire doesn't tell which. */
  | { readonly kind: 'refused'; readonly text: string }
  /** Another request is under way, or too many are: nothing was spent. */
  | { readonly kind: 'busy'; readonly text: string }
  /** Definite, and not about this token: user, IP, app. */
  | { readonly kind: 'blocked'; readonly code: string; readonly text: string }
  | { readonly kind: 'unknown'; readonly cause: DoubtCause; readonly tokens: Tokens | null }

export const judge = (answer: RawAnswer): Judged => {
  const text = new TextDecoder().decode(answer.body)
  if (answer.status >= 200 && answer.status < 300) return judgeSuccess(text, answer.complete)
  if (answer.status >= 500) return { kind: 'unknown', cause: 'server-error', tokens: null }
  if (!answer.complete) return { kind: 'unknown', cause: 'no-answer', tokens: null }
  if (answer.status === 429) return { kind: 'busy', text: 'HTTP 429' }
  if (answer.status < 400) return { kind: 'unknown', cause: 'unreadable-answer', tokens: null }
  const error = parseObject(text)
  if (error === null || typeof error.error !== 'string')
    return { kind: 'unknown', cause: 'unreadable-answer', tokens: null }
  return judgeError(error.error, typeof error.error_description === 'string' ? error.error_description : '')
}

const judgeSuccess = (text: string, complete: boolean): Judged => {
  const json = complete ? parseObject(text) : null
  const tokens = read(json ?? salvage(text))
  if (json !== null) {
    if (tokens.accessToken !== null || tokens.refreshToken !== null) return { kind: 'tokens', tokens }
    return { kind: 'unknown', cause: 'unreadable-answer', tokens: null }
  }
  // Half a body: a whole refresh token is the successor, whatever is missing. An access token alone lives, but
  // whether a successor stood behind the cut nobody knows.
  if (tokens.refreshToken !== null) return { kind: 'tokens', tokens }
  return {
    kind: 'unknown',
    cause: complete ? 'unreadable-answer' : 'no-answer',
    tokens: tokens.accessToken === null ? null : tokens,
  }
}

/** Compared without case: real traces differ in it. */
const judgeError = (code: string, description: string): Judged => {
  const text = description === '' ? code : description
  const lower = description.toLowerCase()
  if (code === 'invalid_grant') {
    if (lower.includes('already being processed') || lower.includes('expired authorization code'))
      return { kind: 'busy', text }
    if (lower.includes('expired access/refresh token')) return { kind: 'refused', text }
  }
  if (code === 'rate_limit_exceeded' || lower.includes('login rate exceeded')) return { kind: 'busy', text }
  // "retry your request", seen under parallel logins; nobody knows whether anything was processed.
  if (code === 'unknown_error' || code === 'server_error' || code === 'temporarily_unavailable') {
    return { kind: 'unknown', cause: 'server-error', tokens: null }
  }
  return { kind: 'blocked', code, text }
}

type Fields = Readonly<Record<string, unknown>>

const parseObject = (text: string): Fields | null => {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : null
  } catch {
    return null
  }
}

/** Whole string members of a body that was cut somewhere. */
const salvage = (text: string): Fields => {
  const fields: Record<string, unknown> = {}
  for (const match of text.matchAll(/"([a-z_]+)"\s*:\s*("(?:[^"\\]|\\.)*")/g)) {
    const [, name, quoted] = match
    if (name === undefined || quoted === undefined || name in fields) continue
    try {
      fields[name] = JSON.parse(quoted)
    } catch {
      // A value that is not a JSON string is not a value we can keep.
    }
  }
  return fields
}

const read = (fields: Fields): Tokens => {
  const string = (name: string): string | null => {
    const value = fields[name]
    return typeof value === 'string' && value !== '' ? value : null
  }
  const access = string('access_token')
  const refresh = string('refresh_token')
  const issued = Number(fields.issued_at)
  // https://login.salesforce.com/id/<org id>/<user id>
  const identity = /\/id\/(00D[0-9A-Za-z]{12,15})\/(005[0-9A-Za-z]{12,15})\/?$/.exec(string('id') ?? '')
  return {
    accessToken: access === null ? null : new Secret(access),
    refreshToken: refresh === null ? null : new Secret(refresh),
    instanceUrl: string('instance_url')?.replace(/\/+$/, '') ?? null,
    issuedAt: Number.isFinite(issued) && issued > 0 ? issued : null,
    scope: string('scope'),
    format:
      string('token_format') ??
      (access !== null && access.split('.').length === 3 && !access.includes('!') ? 'jwt' : 'opaque'),
    orgId: identity?.[1] ?? null,
    userId: identity?.[2] ?? null,
  }
}
