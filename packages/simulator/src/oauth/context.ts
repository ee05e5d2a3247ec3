/** What every handler of the identity side is given: the request, whose it is, and which org it is for. */
import type { SimRequest, SimResponse } from '../route.ts'
import type { Org } from '../state/org.ts'

export interface Call {
  readonly request: SimRequest
  /** Number of the request in the log. */
  readonly number: number
  readonly org: Org
  /** Every org of this simulator: the login host serves them all. */
  readonly orgs: readonly Org[]
  /** The caller came to the login host, not to the org's own address. */
  readonly viaLogin: boolean
  /** The address the request counts as coming from. */
  readonly source: string
  /** Parameters of query and form body; the body wins. */
  readonly form: URLSearchParams
}

export type Handler = (call: Call) => SimResponse

export const param = (call: Call, name: string): string | undefined => {
  const value = call.form.get(name)
  return value === null || value === '' ? undefined : value
}

export const noStore = { 'Cache-Control': 'no-cache, no-store', Pragma: 'no-cache' }

export const json = (status: number, body: unknown): SimResponse => ({
  status,
  headers: { 'Content-Type': 'application/json;charset=UTF-8', ...noStore },
  body: JSON.stringify(body),
})

export const text = (status: number, body: string): SimResponse => ({
  status,
  headers: { 'Content-Type': 'text/plain;charset=UTF-8', ...noStore },
  body,
})

export const html = (status: number, body: string): SimResponse => ({
  status,
  headers: { 'Content-Type': 'text/html;charset=UTF-8', ...noStore },
  body,
})
