/** The Setup Audit Trail, kept longer than Salesforce keeps it. */
import { controlOf } from '../asked.ts'
import type { Answer } from '../looks.ts'
import { judgementOf, right, unknownFamily, unsure, wrong } from '../looks.ts'
import { numberIn } from '../parameters.ts'

const day = 86_400_000

export const control = controlOf(
  {
    id: 'audit-trail-kept',
    title: 'The Setup Audit Trail is kept and watched',
    severity: 'medium',
    why: 'Salesforce forgets who changed what after half a year, and tells nobody before.',
    remedy:
      'Have the trail copied every day to where administrators of the org cannot change it, kept longer than the half year, and have somebody told of changes to apps, users and permissions.',
    effort: 'hours',
    catalogues: { checklist: ['9'] },
    profiles: { integration: { hours: 24 }, baseline: { hours: 24 }, strict: { hours: 24 } },
  },
  ['keyturn'],
  ({ facts: { keyturn }, takenAt, parameters }) => {
    if (keyturn.is === 'unknown') return unknownFamily('keyturn', keyturn)
    const { auditTrail } = keyturn.value
    const hours = numberIn(parameters, 'hours', 24)
    const answer = (): Answer => {
      if (auditTrail === null) return unsure('Keyturn keeps no copy; whether something else does, the org cannot tell.')
      const { from, to } = auditTrail
      return takenAt - to <= (hours * day) / 24
        ? right
        : wrong(`The last entry was taken at ${new Date(to).toISOString()}.`, { from, to })
    }
    return judgementOf([{ ...answer(), subject: 'org' }], {
      noun: ['trail', 'trails'],
      wrong: 'not kept, or not up to date',
    })
  },
)
