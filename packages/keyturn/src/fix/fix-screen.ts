/** What can be mended in an org and what can't, as a table for people. */
import type { Screen } from '../change/change-screen.ts'
import { table } from '../output/table.ts'
import { terminalText, wrapText } from '../output/terminal-text.ts'
import { severities } from '../posture/audit/result.ts'
import { counted } from '../posture/audit/shown-text.ts'
import type { Control } from '../posture/control.ts'
import { isSafe, joinFixes } from '../posture/fix/plan-fixes.ts'
import type { FixPlan, ImpactedFix } from '../posture/fix/plan-fixes.ts'
import { safeTogether } from '../posture/fix/safe-together.ts'
import type { Impact } from '../posture/impact/impact.ts'

export interface FixRow {
  readonly control: Control
  readonly fixes: readonly ImpactedFix[]
  readonly impact: Impact
  readonly changes: number
}

/** One a control, worst first. */
export const fixRows = ({ fixes }: FixPlan): readonly FixRow[] => {
  const controls = [...new Map(fixes.map(({ control }) => [control.id, control])).values()]
  return controls
    .map((control) => {
      const own = fixes.filter((one) => one.control.id === control.id)
      const { change, impact } = joinFixes(control.title, own)
      return { control, fixes: own, impact, changes: change.components.length + change.records.length }
    })
    .toSorted((a, b) => severities.indexOf(a.control.severity) - severities.indexOf(b.control.severity))
}

const usersOf = (all: Impact['cutOff']): number => new Set(all.map(({ user }) => user.toLowerCase())).size

/** The same reason of one control stands once. */
const byReason = ({
  unfixable,
}: FixPlan): readonly { readonly control: Control; readonly why: string; readonly subjects: readonly string[] }[] => {
  const found = new Map<string, { control: Control; why: string; subjects: string[] }>()
  for (const { control, why, subject } of unfixable) {
    const key = `${control.id}\u0000${why}`
    const known = found.get(key)
    if (known === undefined) found.set(key, { control, why, subjects: [subject] })
    else known.subjects.push(subject)
  }
  return [...found.values()]
}

export const unfixableLines = (plan: FixPlan, { width, paint }: Screen): readonly string[] =>
  byReason(plan).flatMap(({ control, why, subjects }) => {
    const named = subjects.slice(0, 3).join(', ') + (subjects.length > 3 ? ` and ${subjects.length - 3} more` : '')
    return [`${paint('bold', control.id)}  ${terminalText(named)}`, wrapText(`    ${terminalText(why)}`, width, '')]
  })

export const planLines = (plan: FixPlan, grant: string, screen: Screen): readonly string[] => {
  const { paint, bin, width } = screen
  const rows = fixRows(plan)
  const { now: safe } = safeTogether(plan.fixes)
  const lines: string[] = []
  if (rows.length > 0) {
    const columns = [
      { title: 'CONTROL', of: ({ control }: FixRow) => control.id },
      { title: 'SEVERITY', of: ({ control }: FixRow) => control.severity },
      { title: 'EFFORT', of: ({ control }: FixRow) => control.effort, spared: 2 },
      {
        title: 'MENDS',
        of: ({ fixes }: FixRow) => new Set(fixes.flatMap(({ subjects }) => subjects)).size,
        right: true,
      },
      { title: 'CHANGES', of: ({ changes }: FixRow) => changes, right: true, spared: 3 },
      { title: 'CUT OFF', of: ({ impact }: FixRow) => usersOf(impact.cutOff), right: true },
      { title: 'MAYBE', of: ({ impact }: FixRow) => usersOf(impact.possible), right: true },
      { title: 'NOT SEEN', of: ({ impact }: FixRow) => impact.blind.length, right: true },
      {
        title: '',
        of: ({ impact, fixes, changes }: FixRow) =>
          impact.locksOutSelf
            ? 'locks this account out'
            : changes === 0
              ? 'a person clicks'
              : fixes.every(isSafe)
                ? 'safe'
                : '',
      },
    ] as const
    lines.push(paint('bold', 'Can be mended from here'), table(rows, columns, width), '')
  }
  const reasons = unfixableLines(plan, screen)
  if (reasons.length > 0) lines.push(paint('bold', 'For a person, or for somebody else'), ...reasons, '')
  if (rows.length === 0 && reasons.length === 0) return ['Nothing that was judged is wrong.']
  if (rows.length > 0)
    lines.push(`→ \`${bin} fix ${grant} CONTROL\` shows one: what it changes, and who would be cut off.`)
  if (safe.length > 0)
    lines.push(`→ \`${bin} fix ${grant} --all-safe\` makes the ${counted(safe.length, 'change')} that cut nobody off.`)
  return lines
}

/** For programs. */
export const planJson = (plan: FixPlan) => ({
  fixable: fixRows(plan).map(({ control, fixes, impact, changes }) => ({
    control: control.id,
    severity: control.severity,
    effort: control.effort,
    changes,
    safe: fixes.every(isSafe),
    impact,
    fixes: fixes.map((one) => ({
      title: one.change.title,
      subjects: one.subjects,
      safe: isSafe(one),
      impact: one.impact,
      clicks: one.change.clicks,
    })),
  })),
  unfixable: plan.unfixable.map(({ control, subject, why }) => ({ control: control.id, subject, why })),
})
