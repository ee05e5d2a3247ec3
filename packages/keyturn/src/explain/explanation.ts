/**
 * What one answer of Salesforce means, where to see that it is so, and what to do. `certainty` says how well the wire
 * text is known: `documented` by Salesforce, `observed` in traces of others, `believed` where nobody wrote it down.
 */
export const places = {
  token: 'token endpoint',
  authorize: 'login page',
  revoke: 'revocation endpoint',
  userinfo: 'identity endpoints',
  rest: 'REST API',
  soap: 'SOAP API',
  bulk: 'Bulk API',
  'login-history': 'Login History',
  network: 'on the way',
} as const

export type Where = keyof typeof places

export interface Explanation {
  readonly where: Where
  readonly code: string
  /** A part of the description or message, compared without regard to case; null: whatever it says. */
  readonly text: string | null
  readonly status: number | null
  readonly certainty: 'documented' | 'observed' | 'believed'
  readonly cause: string
  /** Where a person sees that this is the cause. */
  readonly evidence: string
  readonly next: string
}

type Row = (
  code: string,
  text: string | null,
  certainty: Explanation['certainty'],
  cause: string,
  evidence: string,
  next: string,
) => Explanation

export const rowsOf =
  (where: Where, status: number | null): Row =>
  (code, text, certainty, cause, evidence, next) => ({ where, status, code, text, certainty, cause, evidence, next })
