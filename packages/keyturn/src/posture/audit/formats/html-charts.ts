/** The charts of the HTML report: SVG in the page, coloured by its classes (a policy forbids styles in attributes). */
import { severities } from '../result.ts'
import type { Result } from '../result.ts'
import type { Score } from '../score.ts'
import { counted } from '../shown-text.ts'
import type { Trend } from '../trend.ts'

const around = 2 * Math.PI * 54
const fixed = (value: number): string => String(Math.round(value * 10) / 10)

/** No green while something grave is open, however much else is in order. */
const tone = (score: number, grave: boolean): string =>
  score < 60 ? 's-poor' : score >= 85 && !grave ? 's-good' : 's-fair'

/** A ring: the score that is certain, and pale behind it how far the unknown could take it. */
export const scoreRing = (
  { value, atLeast, atMost, unknownShare }: Pick<Score, 'value' | 'atLeast' | 'atMost' | 'unknownShare'>,
  grave: boolean,
  { name, unit } = { name: 'Score', unit: 'of 100' },
): string => {
  const arc = (share: number, name: string, more = ''): string =>
    `<circle class="${name}" cx="70" cy="70" r="54" fill="none" stroke-width="13" stroke-dasharray="${fixed((around * share) / 100)} ${fixed(around)}" transform="rotate(-90 70 70)" ${more}/>`
  const title = value === null ? `${name}: nothing could be judged` : `${name} ${value} ${unit}`
  const range = unknownShare === 0 || value === null ? '' : `between ${atLeast} and ${atMost}`
  return `<svg viewBox="0 0 140 ${range === '' ? 140 : 162}" role="img" aria-label="${title}${range === '' ? '' : `, ${range}`}">
<circle class="track" cx="70" cy="70" r="54" fill="none" stroke-width="13"/>
${value === null ? '' : `${arc(atMost ?? 0, 's-unknown', 'opacity=".35"')}${arc(value, tone(value, grave))}`}
<text class="big" x="70" y="80" text-anchor="middle">${value ?? '–'}</text><text x="70" y="99" text-anchor="middle">${unit}</text>
${range === '' ? '' : `<text x="70" y="156" text-anchor="middle">${range}</text>`}
</svg>`
}

const parts = ['pass', 'fail', 'waived', 'unknown'] as const

/** A bar a severity: how many controls passed, failed, are accepted, are unknown. */
export const severityBars = (results: readonly Result[]): string => {
  const rows = severities
    .map((severity) => {
      const of = (verdict: Result['verdict']): number =>
        results.filter((one) => one.severity === severity && one.verdict === verdict).length
      return { severity, counts: parts.map((part) => ({ part, count: of(part) })) }
    })
    .filter(({ counts }) => counts.some(({ count }) => count > 0))
  const widest = Math.max(1, ...rows.map(({ counts }) => counts.reduce((sum, { count }) => sum + count, 0)))
  const bars = rows.map(({ severity, counts }, at) => {
    const y = at * 30
    let x = 66
    const segments = counts.map(({ part, count }) => {
      const width = (count / widest) * 316
      const from = x
      x += width
      if (count === 0) return ''
      return `<rect class="f-${part}" x="${fixed(from)}" y="${y + 4}" width="${fixed(Math.max(1.5, width - 1.5))}" height="18" rx="2"><title>${count} ${part}</title></rect>`
    })
    const failed = counts.find(({ part }) => part === 'fail')?.count ?? 0
    return `<text class="strong" x="0" y="${y + 17}">${severity}</text>${segments.join('')}<text x="${fixed(x + 6)}" y="${y + 17}">${failed === 0 ? '' : `${failed} failed`}</text>`
  })
  return `<svg viewBox="0 0 450 ${Math.max(30, rows.length * 30)}" role="img" aria-label="${rows
    .map(({ severity, counts }) => `${severity}: ${counts.map(({ part, count }) => `${count} ${part}`).join(', ')}`)
    .join('; ')}">${bars.join('')}</svg>`
}

const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10)

/** The scores over time; points stand as far apart as their days do. */
export const trendLine = ({ points }: Trend): string => {
  const scored = points.filter((point) => point.score !== null)
  const [from, to] = [points[0]?.takenAt ?? 0, points.at(-1)?.takenAt ?? 0]
  const x = (at: number): number => (to === from ? 225 : 46 + ((at - from) / (to - from)) * 358)
  const y = (score: number): number => 118 - score
  const grid = [0, 50, 100].map(
    (score) =>
      `<line class="track" x1="34" x2="420" y1="${y(score)}" y2="${y(score)}"/><text x="26" y="${y(score) + 4}" text-anchor="end">${score}</text>`,
  )
  const dots = scored.map(({ takenAt, score, findings }, at) => {
    const last = at === scored.length - 1
    const cx = fixed(x(takenAt))
    const high = (score ?? 0) > 86 ? 17 : -9
    return `<circle class="f-accent" cx="${cx}" cy="${y(score ?? 0)}" r="${last ? 5 : 3.5}"><title>${dayOf(takenAt)}: ${score}, ${counted(findings, 'finding')}</title></circle>${
      last || at === 0
        ? `<text class="strong" x="${cx}" y="${y(score ?? 0) + high}" text-anchor="middle">${score}</text>`
        : ''
    }`
  })
  const line = scored.map(({ takenAt, score }) => `${fixed(x(takenAt))},${y(score ?? 0)}`).join(' ')
  return `<svg viewBox="0 0 450 150" role="img" aria-label="Score over time: ${scored.map(({ takenAt, score }) => `${dayOf(takenAt)} ${score}`).join(', ')}">${grid.join('')}<polyline class="s-accent" points="${line}" fill="none" stroke-width="2.5" stroke-linejoin="round"/>${dots.join('')}<text x="34" y="143">${dayOf(from)}</text><text x="420" y="143" text-anchor="end">${dayOf(to)}</text></svg>`
}

export const barLegend = `<ul class="legend"><li class="pass">passed</li><li class="fail">failed</li><li class="waived">accepted</li><li class="unknown">not judged</li></ul>`
