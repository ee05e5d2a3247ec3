/** Asking the REST side as one of the users of a test org, and judging refusals. */
import assert from 'node:assert/strict'
import { call, type Listening, type Reply } from './test-org.ts'

export const v66 = '/services/data/v66.0'

export interface Page {
  totalSize: number
  done: boolean
  nextRecordsUrl?: string
  records: Record<string, unknown>[]
}

export interface Refusal {
  errorCode: string
  message: string
  fields?: string[]
}

export interface Asking {
  get(who: string, path: string, headers?: Record<string, string>): Promise<Reply>
  send(who: string, method: string, path: string, body?: unknown): Promise<Reply>
  query(who: string, soql: string, headers?: Record<string, string>): Promise<Reply>
  /** A query that has to succeed. */
  page(who: string, soql: string, headers?: Record<string, string>): Promise<Page>
}

export function asking(server: () => Listening): Asking {
  const get: Asking['get'] = (who, path, headers) => call(server().url, who, 'GET', path, undefined, headers)
  const query: Asking['query'] = (who, soql, headers) => get(who, `${v66}/query?q=${encodeURIComponent(soql)}`, headers)
  return {
    get,
    query,
    send: (who, method, path, body) => call(server().url, who, method, path, body),
    async page(who, soql, headers) {
      const { status, body } = await query(who, soql, headers)
      assert.equal(status, 200, JSON.stringify(body))
      return body as Page
    },
  }
}

export function assertRefused(
  { status, body }: Reply,
  expectedStatus: number,
  errorCode: string,
  message: RegExp,
): void {
  const [refusal, ...more] = body as Refusal[]
  assert.deepEqual([status, refusal?.errorCode, more.length], [expectedStatus, errorCode, 0], JSON.stringify(body))
  assert.match(refusal?.message ?? '', message)
}
