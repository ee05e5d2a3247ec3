/** How the verbs of provisioning change an org: one change after the other, each through `carryOut`, behind one port. */
import type { Applied } from '../change/apply-change.ts'
import type { CarriedOut } from '../change/carry-out.ts'
import type { OrgChange } from '../change/org-change.ts'
import type { Restriction } from '../impact/restriction.ts'

interface CarryOptions {
  /** Empty: nothing is taken from anybody. */
  readonly restricts: readonly Restriction[]
  /** Once it was said yes to, before the org is asked for anything: what a killed process would leave gets its name. */
  readonly begin?: () => Promise<void>
  readonly verify?: (applied: Applied) => Promise<{ readonly ok: boolean; readonly text: string }>
}

export type Carry = (change: OrgChange, options: CarryOptions) => Promise<CarriedOut>

/** What is no change of an org's setup and is written all the same: agreed to by a person or by --yes, never in a dry run. */
export type Agree = (question: string) => Promise<boolean>

/** The org is as the change wants it. */
export const isThere = ({ is }: CarriedOut): boolean => is === 'applied' || is === 'nothing-to-do'

/** The org certainly took nothing: there is nothing that would need a name. */
export const tookNothing = ({ is }: CarriedOut): boolean => ['refused', 'reverted', 'rolled-back'].includes(is)
