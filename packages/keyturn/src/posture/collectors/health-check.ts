/** Salesforce's own Health Check. Its rows are virtual and share one id: settings are named by their DurableId. */
import type { Collector } from '../collector.ts'
import { attempt, attemptAll } from './attempt.ts'
import { seesHealthCheck } from './needs.ts'
import { OddAnswer, maybeText, text } from './cells.ts'

export const collectHealthCheck: Collector<'healthCheck'> = async ({ ask, own }) => {
  // An org without custom baselines, or a user who may not see them, is no reason to know nothing of the check itself.
  const baselines = await attempt({ ...seesHealthCheck, what: 'custom baselines' }, own, () =>
    ask.rows('SELECT DeveloperName FROM SecurityCustomBaseline', { tooling: true }),
  )
  return attemptAll(seesHealthCheck, own, async () => {
    const [summary] = await ask.rows('SELECT Score FROM SecurityHealthCheck LIMIT 1', { tooling: true })
    const risks = await ask.rows('SELECT DurableId, RiskType, SettingRiskCategory FROM SecurityHealthCheckRisks', {
      tooling: true,
    })
    if (risks.length === 0) throw new OddAnswer('a Health Check that looks at no setting')
    const score = summary === undefined ? Number.NaN : Number.parseFloat(maybeText(summary, 'Score') ?? '')
    return {
      score: Number.isNaN(score) ? null : score,
      customBaselines: baselines.is === 'known' ? baselines.value.map((one) => text(one, 'DeveloperName')) : [],
      risks: risks.map((one) => ({
        setting: text(one, 'DurableId'),
        category: maybeText(one, 'SettingRiskCategory') ?? '',
        risk: text(one, 'RiskType'),
      })),
    }
  })
}
