/**
 * Who still uses the old app, and whether it may be blocked. Not in every org does a refresh
 * leave a login (LoginSubType has a value for it, audits of others found no row), so tokens count as well; where something
 * could not be read, nobody is taken for gone.
 */
import type { CutOff, Impact } from '../impact/impact.ts'

export interface SwitchState {
  /** `in-use`: somebody was seen lately · `drained`: nobody was, and everything was seen · `unknown`. */
  readonly is: 'in-use' | 'drained' | 'unknown'
  /** Seen within the days asked for. */
  readonly recent: readonly CutOff[]
  /** They hold tokens or came earlier, and were not seen lately. */
  readonly quiet: readonly CutOff[]
  readonly blind: readonly string[]
  readonly days: number
}

const day = 86_400_000

/** The last one first; who was never seen at the end. */
const byLast = (a: CutOff, b: CutOff): number => (b.last ?? 0) - (a.last ?? 0)

/** `ifBlocked`: who would be cut off if the old app were blocked now. */
export const switchState = (
  ifBlocked: Pick<Impact, 'cutOff' | 'possible' | 'blind'>,
  { now, days }: { readonly now: number; readonly days: number },
): SwitchState => {
  const all = [...ifBlocked.cutOff, ...ifBlocked.possible].toSorted(byLast)
  const lately = ({ last }: CutOff): boolean => last !== null && now - last < days * day
  const recent = all.filter(lately)
  const quiet = all.filter((one) => !lately(one))
  const is = recent.length > 0 ? 'in-use' : ifBlocked.blind.length > 0 ? 'unknown' : 'drained'
  return { is, recent, quiet, blind: ifBlocked.blind, days }
}
