/** The parts of the HTML report below its head: findings, what is unknown, accepted risks, changes, all controls. */
import type { AuditReport } from '../report.ts'
import { severities } from '../result.ts'
import type { Finding, Result } from '../result.ts'
import { catalogueName, counted, shownMoment, verdictWords } from '../shown-text.ts'
import type { Moved } from '../trend.ts'
import { unknownGroups } from '../unknown-groups.ts'
import { advice, badge, html } from './html-text.ts'

/** Shown at once; behind a click; beyond that in the machine formats, so that the page stays one that opens. */
const atOnce = 8
const most = 200

const row = ({ subject, text }: Finding): string =>
  `<tr><td><code>${html(subject, 200)}</code></td><td>${html(text)}</td></tr>`

const evidenceTable = (findings: readonly Finding[]): string =>
  `<table class="evidence"><thead><tr><th>Where</th><th>What was found</th></tr></thead><tbody>${findings.map(row).join('')}</tbody></table>`

const evidence = (findings: readonly Finding[]): string => {
  if (findings.length === 0) return ''
  const hidden = findings.slice(atOnce, most)
  const beyond =
    findings.length > most
      ? `<p class="soft">… and ${findings.length - most} more, in the JSON and CSV reports.</p>`
      : ''
  return `${evidenceTable(findings.slice(0, atOnce))}${
    hidden.length === 0
      ? ''
      : `<details><summary>${hidden.length} more</summary>${evidenceTable(hidden)}${beyond}</details>`
  }`
}

const idsOf = ({ catalogues }: Result): string =>
  Object.entries(catalogues)
    .map(([key, ids]) => `${catalogueName(key)}: ${ids.join(', ')}`)
    .join(' · ')

const finding = (
  result: Result,
): string => `<article class="card finding ${result.severity}" id="${html(result.control)}">
<header><h3>${html(result.title)}</h3>${badge(result.severity)}</header>
<p class="because">${html(result.because)}</p>
<p>${html(result.matters)}</p>
${evidence(result.findings)}
<div class="do"><b>What to do</b> <span class="soft">· takes ${result.effort}</span><br>${advice(result.remedy)}</div>
${result.waived.length === 0 ? '' : `<p class="soft">${counted(result.waived.length, 'more finding')} of this control ${result.waived.length === 1 ? 'is' : 'are'} accepted, see below.</p>`}
<p class="ids"><code>${html(result.control)}</code>${idsOf(result) === '' ? '' : ` · ${html(idsOf(result))}`}</p>
</article>`

export const findingsPart = ({ results }: AuditReport): string => {
  const failed = results.filter(({ verdict }) => verdict === 'fail')
  if (failed.length === 0) return ''
  const groups = severities.flatMap((severity) => {
    const mine = failed.filter((one) => one.severity === severity)
    if (mine.length === 0) return []
    const findings = mine.reduce((sum, one) => sum + one.findings.length, 0)
    return [
      `<div class="group">${badge(severity)}<span class="soft">${counted(mine.length, 'control')}, ${counted(findings, 'finding')}</span></div>${mine.map(finding).join('\n')}`,
    ]
  })
  return `<h2>What does not hold, and how it is put right</h2>${groups.join('\n')}`
}

export const unknownPart = ({ results }: AuditReport): string => {
  const groups = unknownGroups(results)
  if (groups.length === 0) return ''
  const lacking = [...new Set(groups.flatMap(({ missing }) => missing ?? []))]
  const lines = groups.map(({ reason, severity, controls, subjects }) => {
    const items = controls.map(
      (one) =>
        `<li>${html(one.title)} <code class="soft">${html(one.control)}</code>${one.verdict === 'fail' ? ' (in part)' : ''}</li>`,
    )
    const named =
      subjects.length < 2
        ? ''
        : `<details><summary>${counted(subjects.length, 'subject')}</summary>${subjects.slice(0, most).map(shortSubject).join('<br>')}${subjects.length > most ? '<br>…' : ''}</details>`
    return `<tr><td>${badge(severity)}</td><td><b>${html(reason)}</b>${named}</td><td><details><summary>${counted(controls.length, 'control')}</summary><ul class="plain">${items.join('')}</ul></details></td></tr>`
  })
  return `<h2>What could not be judged, and why</h2><div class="card scroll"><p class="soft">None of this counts as passed. It is no part of the score; the range beside the score says what it could make of it.</p>${
    lacking.length === 0 ? '' : `<p>The auditor lacks: <b>${html(lacking.join(', '))}</b></p>`
  }<table class="wide"><thead><tr><th>Gravest</th><th>Why</th><th>What it hides</th></tr></thead><tbody>${lines.join('')}</tbody></table></div>`
}

const shortSubject = (subject: string): string => `<code>${html(subject, 120)}</code>`

export const waiverPart = ({ waivers }: AuditReport): string => {
  if (waivers.length === 0) return ''
  const states: Readonly<Record<string, string>> = {
    'in-use': 'in force',
    expired: 'expired',
    unused: 'covers nothing',
    'unknown-control': 'no such control',
    'not-asked': 'not asked here',
    undecided: 'could not be judged',
  }
  const lines = waivers.map(
    (one) =>
      `<tr><td><code>${html(one.control, 100)}</code><br>${shortSubject(one.subject)}</td><td>${html(one.reason)}</td><td>${html(one.owner, 120)}</td><td><span class="day">${html(one.expires)}</span><br><span class="soft">${states[one.state] ?? ''}</span></td><td class="n">${one.findings}</td></tr>`,
  )
  return `<h2>Accepted risks</h2><div class="card scroll"><p class="soft">Somebody answers for leaving these as they are, until a day. They do not raise the score.</p><table class="wide"><thead><tr><th>Control and subject</th><th>Reason</th><th>Owner</th><th>Until</th><th class="n">Findings</th></tr></thead><tbody>${lines.join('')}</tbody></table></div>`
}

const moves = (title: string, tone: string, moved: readonly Moved[]): string => {
  if (moved.length === 0) return ''
  const item = (one: Moved): string =>
    `<tr><td>${badge(one.severity)}</td><td>${html(one.title)}</td><td>${shortSubject(one.subject)}</td></tr>`
  const beyond = moved.length > most ? `<p class="soft">… and ${moved.length - most} more.</p>` : ''
  return `<details${moved.length <= atOnce ? ' open' : ''} class="${tone}"><summary>${title}: ${moved.length}</summary><div class="scroll"><table><tbody>${moved.slice(0, most).map(item).join('')}</tbody></table></div>${beyond}</details>`
}

export const changesPart = ({ trend }: AuditReport): string =>
  trend === null
    ? ''
    : `<h2>Since ${html(shownMoment(trend.since))}</h2><div class="card">
${moves('New', 'critical', trend.fresh)}${moves('Mended', 'pass', trend.mended)}${moves('Accepted since', 'waived', trend.waived)}${moves('Out of sight: failed then, can’t be judged now', 'unknown', trend.outOfSight)}
<p class="soft">${counted(trend.remaining, 'finding')} of then ${trend.remaining === 1 ? 'is' : 'are'} still there.</p></div>`

/** A verdict in its colour; a fail in that of its severity. */
const verdictBadge = ({ verdict, severity }: Result): string =>
  verdict === 'not-applicable'
    ? verdictWords[verdict]
    : badge(verdict === 'fail' ? severity : verdict, verdictWords[verdict])

const verdicts = (results: readonly Result[]): string => {
  const lines = results.map(
    (one) =>
      `<tr><td>${one.severity}</td><td>${html(one.title)}<br><code class="soft">${html(one.control)}</code></td><td>${verdictBadge(one)}</td><td>${html(one.because)}</td></tr>`,
  )
  return `<table class="evidence verdicts"><thead><tr><th>Severity</th><th>Control</th><th>Verdict</th><th>Why</th></tr></thead><tbody>${lines.join('')}</tbody></table>`
}

export const checklistPart = ({ results }: AuditReport): string =>
  `<h2>The security checklist, line by line</h2><div class="card scroll">${verdicts(results)}</div>`

export const controlsPart = ({ results }: AuditReport): string =>
  `<h2>All controls</h2><div class="card scroll"><details><summary>${counted(results.length, 'control')} with the verdict of each</summary>${verdicts(results)}</details></div>`
