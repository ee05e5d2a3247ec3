/**
 * Rows of a log in the order of their times, page by page, without a gap and without a row twice. Where the place in the
 * result is lost, the log is asked again from the last time that was seen, that time included (`>=`), and rows that came
 * before are left out by their ids: many rows share a second, and `>` would lose those that weren't reached yet.
 */
import type { Row } from '../../org/connection.ts'
import type { Asker } from './asker.ts'
import { placeWasLost } from './asker.ts'
import { moment, text } from './cells.ts'

interface Timeline {
  readonly object: string
  /** Besides Id and the time. */
  readonly fields: readonly string[]
  readonly time: string
  /** Epoch ms, the first included, the second not. */
  readonly from: number
  readonly to: number
}

const mostLosses = 20

/** As SOQL takes it, to the second. */
export const soqlTime = (at: number): string => new Date(at).toISOString().replace(/\.\d+Z$/, 'Z')

export async function* timeline(
  ask: Asker,
  { object, fields, time, from, to }: Timeline,
): AsyncGenerator<readonly Row[], void, undefined> {
  let since = from
  /** Of the last time that was seen. */
  let seen = new Set<string>()
  for (let losses = 0; ;) {
    const soql =
      `SELECT ${['Id', time, ...fields].join(', ')} FROM ${object} ` +
      `WHERE ${time} >= ${soqlTime(since)} AND ${time} < ${soqlTime(to)} ORDER BY ${time} ASC`
    const already = seen
    try {
      for await (const page of ask.pages(soql)) {
        const fresh = page.filter((one) => !already.has(text(one, 'Id')))
        for (const one of fresh) {
          const at = moment(one, time)
          if (at !== since) {
            since = at
            seen = new Set()
          }
          seen.add(text(one, 'Id'))
        }
        yield fresh
      }
      return
    } catch (error) {
      losses += 1
      if (!placeWasLost(error) || losses > mostLosses) throw error
    }
  }
}
