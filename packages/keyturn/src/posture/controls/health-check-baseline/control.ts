/** A baseline for Health Check that somebody chose. */
import { controlOf } from '../asked.ts'
import { judgementOf, right, unknownFamily, wrong } from '../looks.ts'

export const control = controlOf(
  {
    id: 'health-check-baseline',
    title: 'The company has its own baseline for Health Check',
    severity: 'low',
    why: 'The standard baseline changes with releases and knows nothing of the company; a baseline of one’s own is a decision that can be shown.',
    remedy: 'Export the standard baseline, decide each line, import it as a custom baseline and give it an owner.',
    effort: 'days',
    catalogues: { sbs: ['SBS-SECCONF-001'] },
    profiles: { strict: {}, sbs: {} },
  },
  ['healthCheck'],
  ({ facts: { healthCheck } }) => {
    if (healthCheck.is === 'unknown') {
      return healthCheck.why === 'not-provisioned'
        ? { verdict: 'not-applicable', why: 'the org has no Health Check', evidence: [] }
        : unknownFamily('healthCheck', healthCheck)
    }
    const own = healthCheck.value.customBaselines.length > 0
    const answer = own ? right : wrong('Only the standard baseline is there.', { score: healthCheck.value.score })
    return judgementOf([{ ...answer, subject: 'org' }], {
      noun: ['choice of a baseline', 'choices'],
      wrong: 'nobody chose one',
    })
  },
)
