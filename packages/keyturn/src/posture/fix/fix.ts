/** The port of a fix: of a control's finding, the change that mends it. `fix.ts` in the control's own folder. */
import type { OrgChange } from '../change/org-change.ts'
import type { Evidence as Subject, Parameters } from '../control.ts'
import type { Restriction } from '../impact/restriction.ts'
import type { Snapshot } from '../snapshot.ts'

export interface PlannedFix {
  /** Of the findings, those that this mends. */
  readonly subjects: readonly string[]
  readonly change: OrgChange
  /** What it takes away; never empty: `nothing` says so with its reason. */
  readonly restricts: readonly Restriction[]
  /** Whom it may concern besides, and no login or token shows: completes “Nobody can tell …”. */
  readonly untold?: readonly string[]
}

/** What can't be mended from here, and who can. */
export interface Unfixable {
  readonly subject: string
  readonly why: string
}

export interface Fix {
  readonly control: string
  /** Pure. A fix only ever narrows access; what widens is a verb of `provision`. */
  plan(
    findings: readonly Subject[],
    snapshot: Snapshot,
    parameters: Parameters,
  ): { readonly fixes: readonly PlannedFix[]; readonly unfixable: readonly Unfixable[] }
}
