/**
 * Logins of the last days, row by row past a sum and never held: half a million are usual. Seven of the fields can't be
 * filtered and four can't be grouped with others in less than 2,000 groups, so the rows come as they are, in spans of
 * time that are read side by side.
 */
import { unknown } from '../../fact.ts'
import type { Collector } from '../../collector.ts'
import { attemptAll } from '../attempt.ts'
import { seesLogins } from '../needs.ts'
import { maybeText, moment, text } from '../cells.ts'
import { soqlTime, timeline } from '../timeline.ts'
import { createLoginSums } from './login-sums.ts'

const day = 86_400_000
const second = 1000
const mostSums = 100_000
const rowsPerSpan = 20_000
const mostSpans = 3

const fields = ['UserId', 'LoginType', 'LoginSubType', 'Application', 'Browser', 'LoginUrl', 'SourceIp', 'Status']

/** What the org writes where it knows nothing. */
const said = (value: string | null): string | null =>
  value === null || value === '' || value === 'N/A' || value === 'Unknown' ? null : value

export const collectLogins: Collector<'logins'> = async ({ ask, own, sources, days, now, tell }) => {
  const users = await sources.users()
  const names = users.is === 'known' ? users.value : null
  // Whole seconds, as SOQL has them, so that spans meet without a gap.
  const to = Math.floor(now / second) * second
  const from = to - days * day
  const found = await attemptAll(seesLogins, own, async () => {
    const counted = await ask.count(`LoginHistory WHERE LoginTime >= ${soqlTime(from)} AND LoginTime < ${soqlTime(to)}`)
    const spans = Math.min(mostSpans, Math.max(1, Math.ceil(counted / rowsPerSpan)))
    const sums = createLoginSums(mostSums)
    let rows = 0
    const edge = (n: number): number => from + Math.round(((to - from) * n) / spans / second) * second
    const readSpan = async (n: number): Promise<void> => {
      const span = { object: 'LoginHistory', fields, time: 'LoginTime', from: edge(n), to: edge(n + 1) }
      for await (const page of timeline(ask, span)) {
        for (const one of page) {
          const id = text(one, 'UserId')
          sums.add({
            user: names?.get(id)?.username ?? id,
            type: maybeText(one, 'LoginType') ?? '',
            subType: said(maybeText(one, 'LoginSubType')),
            application: said(maybeText(one, 'Application')),
            client: said(maybeText(one, 'Browser')),
            host: said(maybeText(one, 'LoginUrl')),
            address: maybeText(one, 'SourceIp') ?? '',
            worked: /^success$/i.test(maybeText(one, 'Status') ?? ''),
            at: moment(one, 'LoginTime'),
          })
        }
        const before = rows
        rows += page.length
        if (Math.floor(before / 50_000) !== Math.floor(rows / 50_000)) tell(`${rows} of ${counted} logins read`)
      }
    }
    await Promise.all(Array.from({ length: spans }, (_, n) => readSpan(n)))
    return { counted, days, rows, uses: sums.uses(), addresses: sums.folded() }
  })
  if (found.is === 'unknown') return found
  const { counted, ...logins } = found.value
  // Rows may be added while we read, never taken away.
  if (logins.rows < counted)
    return unknown('cap', `logins: ${logins.rows} rows came of ${counted} that the org counted`)
  return { is: 'known', value: logins }
}
