/** What Health Check itself says is wrong, and nobody accepted. */
import { controlOf } from '../asked.ts'
import { judgementOf, right, unknownFamily, wrong } from '../looks.ts'
import { listIn } from '../parameters.ts'

export const control = controlOf(
  {
    id: 'health-check-deviations',
    title: 'Deviations that Health Check names are dealt with',
    severity: 'medium',
    why: 'A list that nobody works off is worse than none: it shows that the company knew.',
    remedy: 'Put each deviation right, or waive it with a reason, an owner and an end.',
    effort: 'days',
    catalogues: { sbs: ['SBS-SECCONF-002'] },
    profiles: { strict: { risks: ['HIGH_RISK', 'MEDIUM_RISK'] }, sbs: { risks: ['HIGH_RISK', 'MEDIUM_RISK'] } },
  },
  ['healthCheck'],
  ({ facts: { healthCheck }, parameters }) => {
    if (healthCheck.is === 'unknown') return unknownFamily('healthCheck', healthCheck)
    const asked = listIn(parameters, 'risks')
    const counted = asked.length > 0 ? asked : ['HIGH_RISK', 'MEDIUM_RISK']
    const looks = healthCheck.value.risks.map(({ setting, category, risk }) => ({
      ...(counted.includes(risk) ? wrong(`Health Check calls it ${risk}.`, { risk, category }) : right),
      subject: `health-check:${setting}`,
    }))
    return judgementOf(looks, { noun: ['setting', 'settings'], wrong: 'deviations from the baseline' })
  },
)
