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
export const fixRows = ({ fixes }: Pick<FixPlan, 'fixes'>): readonly FixRow[] => {
  const byControl = new Map<string, [ImpactedFix, ...ImpactedFix[]]>()
  for (const fix of fixes) {
    const known = byControl.get(fix.control.id)
    if (known === undefined) byControl.set(fix.control.id, [fix])
    else known.push(fix)
  }
  return [...byControl.values()]
    .map((own) => {
      const [{ control }] = own
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
    return [
      wrapText(`${paint('bold', control.id)}: ${terminalText(named)}`, width, '    '),
      wrapText(`    ${terminalText(why)}`, width, '    '),
    ]
  })

const mends = ({ fixes }: FixRow): number => new Set(fixes.flatMap(({ subjects }) => subjects)).size

const safeColumns = [
  { title: 'CONTROL', of: ({ control }: FixRow) => control.id },
  { title: 'SEVERITY', of: ({ control }: FixRow) => control.severity },
  { title: 'MENDS', of: mends, right: true },
  { title: 'WHAT IT IS', of: ({ control }: FixRow) => control.title, spared: 1 },
] as const

const otherColumns = [
  { title: 'CONTROL', of: ({ control }: FixRow) => control.id },
  { title: 'SEVERITY', of: ({ control }: FixRow) => control.severity },
  { title: 'EFFORT', of: ({ control }: FixRow) => control.effort, spared: 2 },
  { title: 'MENDS', of: mends, right: true },
  { title: 'CHANGES', of: ({ changes }: FixRow) => changes, right: true, spared: 3 },
  { title: 'CUT OFF', of: ({ impact }: FixRow) => usersOf(impact.cutOff), right: true },
  { title: 'MAYBE', of: ({ impact }: FixRow) => usersOf(impact.possible), right: true },
  { title: 'NOT SEEN', of: ({ impact }: FixRow) => impact.blind.length, right: true },
  {
    title: '',
    of: ({ impact, changes }: FixRow) =>
      impact.locksOutSelf ? 'locks this account out' : changes === 0 ? 'a person clicks' : '',
  },
] as const

/** How many of what, before all details. */
const headline = ({ fixes, unfixable }: FixPlan): string => {
  const cuts = fixes.filter(({ impact }) => impact.cutOff.length > 0 || impact.locksOutSelf).length
  const safe = fixes.filter(isSafe).length
  const open = fixes.length - safe - cuts
  const persons = unfixable.length
  return [
    `${safe} safe`,
    `${cuts} would cut somebody off`,
    `of ${open} nobody can tell for certain`,
    `${counted(persons, 'finding')} for a person`,
  ].join(', ')
}

const kept = 180

export const planLines = (plan: FixPlan, grant: string, screen: Screen): readonly string[] => {
  const { paint, bin, width } = screen
  const [safe, others] = [
    fixRows({ fixes: plan.fixes.filter(isSafe) }),
    fixRows({ fixes: plan.fixes.filter((fix) => !isSafe(fix)) }),
  ]
  const reasons = unfixableLines(plan, screen)
  if (plan.fixes.length === 0 && reasons.length === 0) return ['Nothing that was judged is wrong.']
  const { now, later } = safeTogether(plan.fixes)
  const more = later.length === 0 ? '' : ` (${later.length} more after them)`
  const part = (head: string, lines: readonly string[]): readonly string[] => [paint('bold', head), ...lines, '']
  const short = plan.fixes.some(({ impact }) => impact.days !== null && impact.days < kept)
  return [
    wrapText(`${counted(plan.fixes.length, 'change')} can be made from here: ${headline(plan)}.`, width, ''),
    '',
    ...(safe.length === 0 ? [] : part('Safe: cuts nobody off', [table(safe, safeColumns, width)])),
    ...(others.length === 0 ? [] : part('Cuts somebody off, or nobody can tell', [table(others, otherColumns, width)])),
    ...(reasons.length === 0 ? [] : part('For a person, or for somebody else', reasons)),
    ...(now.length === 0
      ? []
      : [
          `→ \`${bin} fix ${grant} --all-safe\` makes the ${counted(now.length, 'change')} that cut nobody off${more}.`,
        ]),
    ...(others.length === 0
      ? []
      : [`→ \`${bin} fix ${grant} CONTROL\` shows one: what it changes, and who would be cut off.`]),
    ...(others.length > 0 && short
      ? [`→ \`--days ${kept}\` looks at all logins that Salesforce keeps: more can be told then.`]
      : []),
  ]
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
