/** The verdicts for a person: one line each, then for what did not pass why, with the token requests that prove it. */
import type { Paint } from '../output/colour.ts'
import { terminalText, textWidth, wrapText } from '../output/terminal-text.ts'
import type { ReuseMode, Verdict } from './behaviours.ts'
import type { ProofLine } from './proof.ts'
import type { Finding, Rehearsal } from './rehearse.ts'

const signs: Readonly<Record<Verdict, string>> = { pass: '✓', fail: '✗', inconclusive: '?' }
const colours = { pass: 'green', fail: 'red', inconclusive: 'yellow' } as const
const COLUMN = 14
/** So many token requests tell the story; the log has the rest. */
const SHOWN = 6

const titles: Readonly<Record<ReuseMode, string>> = { documented: 'REUSE KILLS', lenient: 'REUSE REFUSED' }

export const reportText = (
  rehearsal: Rehearsal,
  how: { readonly paint: Paint; readonly width: number | undefined; readonly log: string | null },
): string => {
  const { paint, width, log } = how
  const { findings, profile } = rehearsal
  const mark = (verdict: Verdict): string => paint(colours[verdict], signs[verdict])
  const name = Math.max(...findings.map(({ title }) => textWidth(title)))
  const head = `  ${'BEHAVIOUR'.padEnd(name)}  ${(findings[0]?.modes ?? []).map(({ mode }) => titles[mode].padEnd(COLUMN)).join('')}`
  const rows = findings.map(({ title, verdict, modes }) => {
    const cells = modes.map((one) => paint(colours[one.verdict], one.verdict) + ' '.repeat(COLUMN - one.verdict.length))
    return `${mark(verdict)} ${title.padEnd(name)}  ${cells.join('')}`.trimEnd()
  })
  const stories = findings.filter(({ verdict }) => verdict !== 'pass').flatMap((finding) => storyOf(finding, how))
  const total = (verdict: Verdict): number => findings.filter((finding) => finding.verdict === verdict).length
  const sum = `${total('pass')} passed, ${total('fail')} failed, ${total('inconclusive')} inconclusive.`
  const seen =
    profile === null
      ? []
      : [
          `One run: ${profile.calls === null ? 'it stays' : `${profile.calls} API calls`}, up to ${profile.width} at once.`,
        ]
  const where = log === null ? 'Every request: --log FILE.' : `Every request: ${log}`
  return [
    head.trimEnd(),
    ...rows,
    '',
    ...commonStory(findings, stories, how),
    wrapText([sum, ...seen, where].join(' '), width),
  ].join('\n')
}

/** Where the same thing holds for all, it is said once. */
const commonStory = (
  findings: readonly Finding[],
  stories: readonly string[],
  { width }: { readonly width: number | undefined },
): readonly string[] => {
  const whys = new Set(findings.flatMap(({ modes }) => modes.map(({ why }) => why)))
  const [only] = whys
  const silent = findings.every(({ modes }) => modes.every(({ proof }) => proof.length === 0))
  return whys.size === 1 && silent && findings.length > 1 && only !== undefined ? [wrapText(only, width), ''] : stories
}

const storyOf = (
  { title, modes }: Finding,
  { paint, width }: { readonly paint: Paint; readonly width: number | undefined },
): readonly string[] => {
  const told = modes.filter(({ verdict }) => verdict !== 'pass')
  const [first] = told
  const same = told.length === modes.length && told.every(({ why }) => why === first?.why)
  return (same ? told.slice(0, 1) : told).flatMap(({ mode, verdict, why, proof }) => [
    `${paint(colours[verdict], signs[verdict])} ${paint('bold', title)}${same || modes.length === 1 ? '' : ` (${titles[mode].toLowerCase()})`}`,
    wrapText(`  ${why}`, width),
    ...proofText(proof).map((line) => paint('dim', line)),
    '',
  ])
}

const proofText = (proof: readonly ProofLine[]): readonly string[] => {
  const shown = proof.slice(0, SHOWN).map(({ request, grantType, sent, spent, status, outcome, brought }) => {
    const what = sent === null ? shortGrant(grantType) : `sends ${sent}${spent ? ' (spent)' : ''}`
    const answer = status === null ? 'no answer' : String(status)
    const result = outcome === 'issued' ? (brought === null ? 'issued' : `issued ${brought}`) : (outcome ?? '')
    return `    #${String(request).padEnd(5)} ${what.padEnd(18)} ${answer.padEnd(10)} ${result}`.trimEnd()
  })
  const more = proof.length - shown.length
  return more > 0 ? [...shown, `    … and ${more} more token requests`] : shown
}

const shortGrant = (grantType: string): string => terminalText(grantType.replace(/^.*:/, ''))
