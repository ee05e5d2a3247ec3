/** What a scenario is: events that happen to four processes, the same with Keyturn and without. */
import type { Side } from './messages.ts'
import type { Org } from './org.ts'

export interface Stage {
  readonly side: Side
  readonly org: Org
  /** The clock jumps. */
  passTime(minutes: number): void
  /**
   * All processes call at once, so often each. The codes of all calls, `ok` for those that worked; what has no answer
   * after `limit` ms counts as failed and goes on.
   */
  everybody(times: number, limit?: number): Promise<readonly string[]>
  /** One process calls once. */
  one(process: number): Promise<string>
  /** The process has done everything that lay before it when this was called. */
  caughtUp(process: number): Promise<void>
  kill(process: number): Promise<void>
  /** A new process in its place. */
  restart(process: number): Promise<void>
  /** Keyturn's housekeeping runs, as it does in the background of an application; other clients have none. */
  housekeeping(): Promise<void>
  /** What must be so with Keyturn; without it things are as they are. */
  demand(held: boolean, otherwise: string): void
  /** All these calls must have ended in one of these ways. */
  demandCalls(codes: readonly string[], wanted: readonly string[], otherwise: string): void
}

export interface Scenario {
  /** Name of its org. */
  readonly org: string
  readonly name: string
  /** What happens, for somebody who manages the people who would be called at night. */
  readonly story: string
  /** The grant has a spare way in: a JWT login through another app. Other clients know no such thing. */
  readonly spare: boolean
  /** The org's session time-out is known to Keyturn, minutes. */
  readonly sessionTimeout?: number
  /** Whether somebody can still get in afterwards without a person. */
  readonly keepable: boolean
  run(stage: Stage): Promise<void>
}
