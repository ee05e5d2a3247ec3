/** What the tests of this folder ask an org with, as an auditor does: unmodified jsforce. */
import assert from 'node:assert/strict'
import { Connection } from 'jsforce'
import type { Simulator } from '../../src/index.ts'

export type Row = Readonly<Record<string, unknown>>

export const day = 86_400_000

export function connectionOf(sim: Simulator, user: string, app = 'Web', version = '66.0'): Connection {
  const { accessToken } = sim.control.grant({ user, app })
  return new Connection({ instanceUrl: sim.url, accessToken, version })
}

export const rowsOf = async (connection: Connection, soql: string): Promise<readonly Row[]> =>
  (await connection.query<Row>(soql)).records

export const toolingRows = async (connection: Connection, soql: string): Promise<readonly Row[]> =>
  (await connection.tooling.query<Row>(soql)).records

/** Every row that queryMore gives, and how long the pages were. */
export async function allPages(
  connection: Connection,
  soql: string,
): Promise<{ readonly rows: readonly Row[]; readonly pages: readonly number[]; readonly total: number }> {
  let page = await connection.query<Row>(soql)
  const { totalSize: total } = page
  const rows = [...page.records]
  const pages = [page.records.length]
  while (!page.done && page.nextRecordsUrl !== undefined) {
    page = await connection.queryMore<Row>(page.nextRecordsUrl)
    rows.push(...page.records)
    pages.push(page.records.length)
  }
  return { rows, pages, total }
}

export const countOf = async (connection: Connection, soql: string): Promise<number> =>
  (await connection.query(soql)).totalSize

/** The error code of a query that is refused. */
export async function refusal(asked: PromiseLike<unknown>): Promise<string> {
  try {
    await asked
  } catch (error) {
    return String((error as { readonly errorCode?: unknown }).errorCode)
  }
  return assert.fail('The query was answered')
}
