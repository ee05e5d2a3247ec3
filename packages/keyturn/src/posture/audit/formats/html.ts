/** An audit for people who decide, on one page that can be mailed, opened from a disk and printed. */
import type { AuditReport } from '../report.ts'
import { atLeast, severities } from '../result.ts'
import type { Result } from '../result.ts'
import { counted, shownMoment } from '../shown-text.ts'
import { barLegend, scoreRing, severityBars, trendLine } from './html-charts.ts'
import { changesPart, checklistPart, controlsPart, findingsPart, unknownPart, waiverPart } from './html-sections.ts'
import { htmlPage, tile } from './html-page.ts'
import { html } from './html-text.ts'

const failing = ({ results }: AuditReport): readonly Result[] => results.filter(({ verdict }) => verdict === 'fail')

const isGrave = ({ severity }: Result): boolean => atLeast(severity, 'high')

/** The report in three sentences, for whoever reads no further. */
const lead = (report: AuditReport): string => {
  const { counts, score } = report
  const judged = counts.pass + counts.fail + counts.waived
  const failed = failing(report).filter(({ aboutWaivers }) => aboutWaivers !== true)
  const grave = severities
    .slice(0, 2)
    .flatMap((severity) => {
      const count = failed.filter((one) => one.severity === severity).length
      return count === 0 ? [] : [`${count} of them ${severity}`]
    })
    .join(', ')
  const first =
    judged === 0
      ? 'Nothing could be judged.'
      : `${counts.pass} of the ${counted(judged, 'control')} that could be judged ${counts.pass === 1 ? 'is' : 'are'} in order.`
  const second =
    judged === 0
      ? ''
      : failed.length === 0
        ? counts.waived === 0
          ? 'Nothing was found to be wrong.'
          : 'Everything that is wrong was accepted by somebody who answers for it.'
        : `${failed.length} ${failed.length === 1 ? 'is' : 'are'} not${grave === '' ? '' : `, ${grave}`}.`
  const third =
    counts.unknown === 0
      ? 'Everything that was asked could be read.'
      : `${counts.unknown} could not be judged (${score.unknownShare} % of the weight) and ${counts.unknown === 1 ? 'counts' : 'count'} as neither.`
  return [first, second, third].filter((one) => one !== '').join(' ')
}

const tiles = (report: AuditReport): string => {
  const of = (...names: readonly string[]): number =>
    failing(report)
      .filter(({ severity }) => names.includes(severity))
      .reduce((sum, one) => sum + one.findings.length, 0)
  return `<ul class="tiles">${[
    tile('critical', of('critical'), 'critical findings'),
    tile('high', of('high'), 'high findings'),
    tile('medium', of('medium', 'low', 'info'), 'medium and lower'),
    tile('unknown', report.counts.unknown, 'controls not judged'),
    tile(
      'waived',
      report.results.reduce((sum, one) => sum + one.waived.length, 0),
      'accepted findings',
    ),
    tile('pass', report.counts.pass, 'controls passed'),
  ].join('')}</ul>`
}

const trendCard = ({ trend }: AuditReport): string => {
  if (trend === null) return ''
  const { scoreChange: change } = trend
  const words =
    change === null
      ? ''
      : change === 0
        ? 'The score is unchanged'
        : `The score ${change > 0 ? 'rose' : 'fell'} by ${Math.abs(change)}`
  return `<div class="card trend"><h3>Trend</h3>${trendLine(trend)}<p class="soft">${words}${words === '' ? '' : '; '}${counted(trend.fresh.length, 'new finding')}, ${trend.mended.length} mended${trend.outOfSight.length === 0 ? '' : `, ${trend.outOfSight.length} out of sight`}.</p></div>`
}

const effortOrder: readonly Result['effort'][] = ['minutes', 'hours', 'days']

/** Worst first, and of the same severity what takes least. */
const firstSteps = (report: AuditReport): string => {
  const failed = [...failing(report)].sort(
    (a, b) =>
      severities.indexOf(a.severity) - severities.indexOf(b.severity) ||
      effortOrder.indexOf(a.effort) - effortOrder.indexOf(b.effort),
  )
  if (failed.length === 0)
    return `<h2>What to see to first</h2><div class="card ${report.counts.unknown === 0 ? 'calm' : ''}"><p>${
      report.counts.unknown === 0
        ? 'Nothing. Audit again after the next change, and at least once a month.'
        : 'Give the auditor what it lacks, so that the rest can be judged too: see below.'
    }</p></div>`
  const steps = failed
    .slice(0, 5)
    .map(
      (one) =>
        `<li class="${one.severity}"><div><b>${html(one.title)}</b><p class="soft">${html(one.because)} · takes ${one.effort} · <a href="#${html(one.control)}">details</a></p></div><span class="badge ${one.severity}">${one.severity}</span></li>`,
    )
  return `<h2>What to see to first</h2><div class="card"><ol class="first">${steps.join('')}</ol></div>`
}

export const asHtml = (report: AuditReport, version: string): string => {
  const { org, score, results } = report
  // Nine lines are read in their order; of a hundred controls the gravest come first.
  const isChecklist = report.profile === 'integration'
  const kind = org.sandbox ? 'Sandbox' : 'Production org'
  return htmlPage(
    `Security posture of ${org.name}`,
    `<p class="eyebrow">Salesforce security posture</p>
<h1>${html(org.name, 120)}</h1>
<p class="meta">${kind} ${html(org.id, 40)} · read ${html(shownMoment(report.takenAt))} · profile <b>${html(report.profile)}</b></p>
<div class="card hero">${scoreRing(score, failing(report).some(isGrave))}<div><p class="lead">${html(lead(report))}</p><p class="soft">${
      score.unknownShare === 0
        ? ''
        : `If all of the unknown were wrong the score would be ${score.atLeast}, if all were right ${score.atMost}.`
    }</p></div></div>
${tiles(report)}
<div class="pair"><div class="card"><h3>Controls by severity</h3>${severityBars(results)}${barLegend}</div>${trendCard(report)}</div>
${isChecklist ? checklistPart(report) : firstSteps(report)}
${findingsPart(report)}
${unknownPart(report)}
${waiverPart(report)}
${changesPart(report)}
${isChecklist ? '' : controlsPart(report)}
<footer><p><b>How the score is made.</b> ${html(score.formula, 1000)}</p>
<p>Read as <code>${html(report.auditor.username, 120)}</code> from ${html(org.instanceUrl, 200)}: ${counted(report.calls.total, 'call')}, at most ${report.calls.mostAtOnce} at once, ${(report.calls.ms / 1000).toFixed(1)} s. Judged ${html(shownMoment(report.judgedAt))} by Keyturn ${html(version)}. No secret and no token was read.</p></footer>`,
  )
}
