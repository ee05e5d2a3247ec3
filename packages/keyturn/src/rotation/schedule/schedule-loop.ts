/** Rounds of the schedule, for as long as the broker serves: nothing that goes wrong in one ends the loop. */
import { KeyturnError } from '@keyturn/tokens'
import type { AgeTroubles } from './ages.ts'
import { scheduledOf } from './assess.ts'
import type { Scheduled } from './assess.ts'
import { turnDue } from './scheduler.ts'
import type { Round, RoundParts } from './scheduler.ts'

/** What else runs out and is told of in the same rounds: certificates, what was lent. */
export interface Watch {
  /** How many were told of. */
  round(): Promise<number>
}

/** One round with everything in it. */
export const wholeRound = async (
  parts: RoundParts,
  watches: readonly Watch[],
  scheduled?: readonly Scheduled[],
): Promise<Round> => {
  const round = await turnDue(parts, scheduled)
  let { told } = round
  for (const watch of watches) if (parts.signal?.aborted !== true) told += await watch.round()
  return { ...round, told }
}

export interface ScheduleLoop {
  /** Resolves when the steps in flight are written down. */
  close(): Promise<void>
}

export interface LoopParts extends Omit<RoundParts, 'now' | 'signal' | 'troubles'> {
  /** ms. */
  readonly every: number
  readonly watches?: readonly Watch[]
  readonly onRound?: (round: Round) => void
}

export const openScheduleLoop = ({
  every,
  watches = [],
  onRound = () => undefined,
  ...parts
}: LoopParts): ScheduleLoop => {
  const { rotation, clock, log } = parts
  const closing = new AbortController()
  const { signal } = closing
  const run = async (): Promise<void> => {
    const scheduled = scheduledOf(rotation)
    const troubles: AgeTroubles = new Map()
    while (!signal.aborted) {
      const next = clock.boot() + every
      try {
        onRound(await wholeRound({ ...parts, troubles, now: clock.wall(), signal }, watches, scheduled))
      } catch (error) {
        const code = error instanceof KeyturnError ? error.code : 'DEFECT'
        log.warn('a round of the schedule failed; the next one tries again', { code })
      }
      await clock.sleep(Math.max(0, next - clock.boot()), signal)
    }
  }
  const running = run()
  return {
    async close() {
      closing.abort()
      await running
    },
  }
}
