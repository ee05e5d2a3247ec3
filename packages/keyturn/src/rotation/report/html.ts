/**
 * A run's report as one HTML file: no script, nothing loaded, so that it can be mailed, printed and kept. The picture is
 * the time line: what each step took, and the window in which neither version was sure.
 */
import { span } from '../../output/moment.ts'
import type { RunReport } from './run-report.ts'
import { exposureText, headRows, outcomes, verifyText } from './wording.ts'

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}
const text = (value: string): string => value.replaceAll(/[&<>"']/g, (mark) => entities[mark] ?? '')

const tone = (state: RunReport['state']): string =>
  state === 'retired' ? 'good' : ['halted', 'rolled-back', 'abandoned'].includes(state) ? 'bad' : 'open'

const style = `
:root { color-scheme: light dark; --ink: #1c2733; --quiet: #5b6b7a; --line: #d9e0e7; --good: #1f7a4d; --bad: #b3372e; --open: #8a6100; --bar: #3d6ea5; --back: #b3372e; --paper: #fff }
@media (prefers-color-scheme: dark) { :root { --ink: #e6ebf0; --quiet: #9aa9b7; --line: #33414e; --good: #5fc48f; --bad: #f0867d; --open: #e3b341; --bar: #79a8dc; --back: #f0867d; --paper: #14191f } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 60rem; margin: 2rem auto; padding: 0 1.5rem }
h1 { font-size: 1.6rem; margin-bottom: .2rem } h2 { font-size: 1.1rem; margin-top: 2rem; border-bottom: 1px solid var(--line) }
.outcome { font-weight: 600 } .good { color: var(--good) } .bad { color: var(--bad) } .open { color: var(--open) }
table { border-collapse: collapse; width: 100%; font-size: .92em } th, td { text-align: left; padding: .3rem .8rem .3rem 0; vertical-align: top; border-bottom: 1px solid var(--line) }
th { color: var(--quiet); font-weight: 500 } td.mono { font-family: ui-monospace, monospace; font-size: .85em }
td:nth-child(4) { white-space: nowrap } .quiet { color: var(--quiet) } svg { width: 100%; height: auto; margin: 1rem 0 } svg text { fill: var(--ink); font: 12px system-ui, sans-serif }
@media print { body { margin: 0 } }
`

/** A bar a step: its width is the rank of its time, since seconds and weeks don't fit on one scale. */
const timeline = ({ steps }: RunReport): string => {
  const longest = Math.max(1, ...steps.map(({ tookMs }) => Math.log10(tookMs + 10)))
  const bars = steps.map(({ step, back, tookMs }, index) => {
    const y = index * 26
    const width = Math.max(4, (Math.log10(tookMs + 10) / longest) * 420)
    return `<text x="0" y="${y + 16}">${text(back ? `↶ ${step}` : step)}</text><rect x="150" y="${y + 5}" width="${width.toFixed(0)}" height="14" rx="3" fill="var(--${back ? 'back' : 'bar'})"/><text x="${(158 + width).toFixed(0)}" y="${y + 16}">${text(span(tookMs))}</text>`
  })
  const height = steps.length * 26 + 6
  return `<svg viewBox="0 0 700 ${height}" role="img" aria-label="What each step took">${bars.join('')}</svg>`
}

const table = (titles: readonly string[], rows: readonly (readonly string[])[], mono: readonly number[] = []): string =>
  `<table>${titles.length === 0 ? '' : `<tr>${titles.map((title) => `<th>${text(title)}</th>`).join('')}</tr>`}${rows
    .map(
      (row) =>
        `<tr>${row.map((cell, index) => `<td${mono.includes(index) ? ' class="mono"' : ''}>${text(cell)}</td>`).join('')}</tr>`,
    )
    .join('')}</table>`

const list = (items: readonly string[]): string => `<ul>${items.map((item) => `<li>${text(item)}</li>`).join('')}</ul>`

export const htmlReport = (report: RunReport): string => {
  const { problem } = report
  const destinations = Object.entries(report.destinations)
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Rotation of ${text(report.credential)}</title><style>${style}</style></head><body>
<h1>Rotation of ${text(report.credential)}</h1>
<p class="outcome ${tone(report.state)}">${text(outcomes[report.state])}</p>
${table([], headRows(report))}
${problem === null ? '' : `<h2>What went wrong</h2><p>${text(problem.text)} <span class="quiet">(${text(problem.code)})</span><br>${text(problem.next)}</p>`}
<h2>Steps</h2>
${timeline(report)}
${table(
  ['step', 'what it does', 'found', 'ended', 'tries', 'entry'],
  report.steps.map(({ step, does, back, note, to, tries, entry }) => [
    back ? `↶ ${step}` : step,
    does,
    note,
    to,
    String(tries),
    entry === null ? 'none' : String(entry),
  ]),
)}
<h2>Exposure</h2>
${list([
  ...exposureText(report),
  ...report.switches.map(
    ({ name, openedAt, closedAt }) => `Org switch ${name}: on from ${openedAt} to ${closedAt ?? 'now: not closed yet'}`,
  ),
])}
<h2>Destinations</h2>
${destinations.length === 0 ? '<p>None.</p>' : list(destinations.map(([name, found]) => `${name}: ${String(found)}`))}
<h2>Ledger</h2>
<p>${text(verifyText(report))}</p>
${table(
  ['entry', 'at', 'kind', 'hash'],
  report.ledger.entries.map(({ seq, at, kind, hash }) => [String(seq), at, kind, hash.slice(0, 32)]),
  [3],
)}
</body></html>
`
}
