/** Answers that come from something in front of the org: an overloaded server, a maintenance page, another origin. */
import type { SimRequest, SimResponse } from '../route.ts'
import type { FaultAction } from './fault.ts'

const htmlPage = (status: number): string =>
  `<html><head><title>${status}</title></head><body><h1>We are down for maintenance.</h1><p>Sorry for the inconvenience.</p></body></html>`

export function substitute(action: FaultAction): SimResponse | undefined {
  if (action.status === undefined && action.html !== true && action.body === undefined) return undefined
  const status = action.status ?? 200
  if (action.body !== undefined) {
    const isHtml = action.html === true || action.body.trimStart().startsWith('<')
    return { status, headers: { 'Content-Type': isHtml ? 'text/html' : 'application/json' }, body: action.body }
  }
  // An overloaded Salesforce answers with a page, also at the token endpoint.
  return { status, headers: { 'Content-Type': 'text/html;charset=UTF-8' }, body: htmlPage(status) }
}

export const redirection = (to: string, request: SimRequest): SimResponse => ({
  status: 307,
  headers: { Location: new URL(request.path, to).href },
  body: '',
})

export const rateLimited = (isToken: boolean): SimResponse => ({
  status: 429,
  headers: { 'Content-Type': 'application/json;charset=UTF-8', 'Retry-After': '1' },
  body: isToken
    ? JSON.stringify({ error: 'rate_limit_exceeded', error_description: 'REQUEST_LIMIT_EXCEEDED' })
    : JSON.stringify([{ message: 'TotalRequests Limit exceeded.', errorCode: 'REQUEST_LIMIT_EXCEEDED' }]),
})
