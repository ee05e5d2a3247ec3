/** The Setup Audit Trail, kept longer than Salesforce keeps it. */
import { controlOf } from '../asked.ts'
import { judgementOf, right, unknownFamily, wrong } from '../looks.ts'
import { numberIn } from '../parameters.ts'

const day = 86_400_000

export const control = controlOf(
  {
    id: 'audit-trail-kept',
    title: 'The Setup Audit Trail is kept and watched',
    severity: 'medium',
    why: 'Salesforce forgets who changed what after half a year, and shows it to nobody before.',
    remedy: 'Let Keyturn follow the trail; it keeps every entry without a gap and tells of those that matter.',
    effort: 'minutes',
    catalogues: { checklist: ['9'] },
    profiles: { integration: { hours: 24 }, baseline: { hours: 24 }, strict: { hours: 24 } },
  },
  ['keyturn'],
  ({ facts: { keyturn }, takenAt, parameters }) => {
    if (keyturn.is === 'unknown') return unknownFamily('keyturn', keyturn)
    const { auditTrail } = keyturn.value
    const hours = numberIn(parameters, 'hours', 24)
    const fresh = auditTrail !== null && takenAt - auditTrail.to <= (hours * day) / 24
    const text =
      auditTrail === null ? 'Nobody keeps it.' : `The last entry was taken at ${new Date(auditTrail.to).toISOString()}.`
    const answer = fresh ? right : wrong(text, { from: auditTrail?.from ?? null, to: auditTrail?.to ?? null })
    return judgementOf([{ ...answer, subject: 'org' }], {
      noun: ['trail', 'trails'],
      wrong: 'not kept, or not up to date',
    })
  },
)
