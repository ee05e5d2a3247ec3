/**
 * Of the findings of one audit: what can be mended from here, what each change takes from whom, and what can't be, with who
 * can. Pure but for the loading of fixes.
 */
import type { OrgChange } from '../change/org-change.ts'
import type { Control, Evidence as Subject, Parameters } from '../control.ts'
import { impactOf, together } from '../impact/impact-of.ts'
import type { Evidence, Impact } from '../impact/impact.ts'
import type { Snapshot } from '../snapshot.ts'
import type { Fix, PlannedFix, Unfixable } from './fix.ts'
import { fixOf } from './registry.ts'

export interface Found {
  readonly control: Control
  readonly parameters: Parameters
  /** What is wrong and nobody answers for. */
  readonly findings: readonly Subject[]
}

export interface ImpactedFix extends PlannedFix {
  readonly control: Control
  readonly parameters: Parameters
  readonly impact: Impact
}

export interface FixPlan {
  readonly fixes: readonly ImpactedFix[]
  readonly unfixable: readonly (Unfixable & { readonly control: Control })[]
}

export const impactOfFix = ({ restricts, untold = [] }: PlannedFix, evidence: Evidence): Impact => {
  const impact = together(restricts.map((one) => impactOf(one, evidence)))
  return { ...impact, blind: [...impact.blind, ...untold.map((what) => `nobody can tell ${what}`)] }
}

/** Nobody is cut off by it, for certain. */
export const isSafe = ({ impact, change }: Pick<ImpactedFix, 'impact' | 'change'>): boolean =>
  impact.cutOff.length === 0 &&
  impact.possible.length === 0 &&
  impact.blind.length === 0 &&
  !impact.locksOutSelf &&
  change.components.length + change.records.length > 0 &&
  change.clicks.length === 0

const planned = (
  fix: Fix | null,
  { control, parameters, findings }: Found,
  snapshot: Snapshot,
): ReturnType<Fix['plan']> => {
  const all = (why: string): ReturnType<Fix['plan']> => ({
    fixes: [],
    unfixable: [...new Set(findings.map(({ subject }) => subject))].map((subject) => ({ subject, why })),
  })
  if (fix === null) return all(control.remedy)
  try {
    return fix.plan(findings, snapshot, parameters)
  } catch (error) {
    return all(
      `The facts have a form that its fix cannot read (${error instanceof Error ? error.message : String(error)}). ${control.remedy}`,
    )
  }
}

export const planFixes = async (found: readonly Found[], snapshot: Snapshot, evidence: Evidence): Promise<FixPlan> => {
  const fixes: ImpactedFix[] = []
  const unfixable: (Unfixable & { control: Control })[] = []
  for (const one of found) {
    const { control, parameters, findings } = one
    const plan = planned(await fixOf(control), one, snapshot)
    fixes.push(...plan.fixes.map((fix) => ({ ...fix, control, parameters, impact: impactOfFix(fix, evidence) })))
    const told = new Set([
      ...plan.fixes.flatMap(({ subjects }) => subjects),
      ...plan.unfixable.map(({ subject }) => subject),
    ])
    const silent = [...new Set(findings.map(({ subject }) => subject))].filter((subject) => !told.has(subject))
    unfixable.push(
      ...plan.unfixable.map((each) => ({ ...each, control })),
      ...silent.map((subject) => ({ subject, why: control.remedy, control })),
    )
  }
  return { fixes, unfixable }
}

/** Several fixes as one change; what two of them do to one component is done in their order. */
export const joinFixes = (
  title: string,
  fixes: readonly ImpactedFix[],
): { readonly change: OrgChange; readonly impact: Impact } => {
  const changes = fixes.map(({ change }) => change)
  return {
    change: {
      title: changes.length === 1 ? (changes[0]?.title ?? title) : title,
      components: changes.flatMap(({ components }) => components),
      records: changes.flatMap(({ records }) => records),
      clicks: [...new Set(changes.flatMap(({ clicks }) => clicks))],
    },
    impact: together(fixes.map(({ impact }) => impact)),
  }
}
