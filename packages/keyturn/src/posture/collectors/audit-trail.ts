/** The Setup Audit Trail of the last days: nobody can delete it, and nobody can read what is older than 180 days. */
import type { AuditTrailFact } from '../facts.ts'
import type { Collector } from '../collector.ts'
import { attemptAll } from './attempt.ts'
import { seesTrail } from './needs.ts'
import { maybeText, moment, text } from './cells.ts'
import { timeline } from './timeline.ts'

const day = 86_400_000
const horizon = 180

export const collectAuditTrail: Collector<'auditTrail'> = ({ ask, own, days, now }) =>
  attemptAll(seesTrail, own, async () => {
    const found: AuditTrailFact[] = []
    const fields = ['Action', 'Section', 'Display', 'CreatedBy.Username']
    const from = now - Math.min(days, horizon) * day
    for await (const page of timeline(ask, { object: 'SetupAuditTrail', fields, time: 'CreatedDate', from, to: now }))
      for (const one of page)
        found.push({
          at: moment(one, 'CreatedDate'),
          // Changes that the platform makes by itself are nobody's.
          by: maybeText(one, 'CreatedBy.Username') ?? '',
          action: text(one, 'Action'),
          section: maybeText(one, 'Section') ?? '',
          text: maybeText(one, 'Display') ?? '',
        })
    return found
  })
