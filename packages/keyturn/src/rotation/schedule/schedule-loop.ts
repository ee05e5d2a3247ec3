/** Rounds of the schedule, for as long as the broker serves: nothing that goes wrong in one ends the loop. */
import { KeyturnError } from '@keyturn/tokens'
import type { CertificateWatch } from '../certificates/certificate-watch.ts'
import { scheduledOf } from './assess.ts'
import { turnDue } from './scheduler.ts'
import type { Round, RoundParts } from './scheduler.ts'

export interface ScheduleLoop {
  /** Resolves when the steps in flight are written down. */
  close(): Promise<void>
}

export interface LoopParts extends Omit<RoundParts, 'now' | 'signal'> {
  /** ms. */
  readonly every: number
  /** Null: no certificates are watched. */
  readonly certificates?: CertificateWatch | null
  readonly onRound?: (round: Round) => void
}

export const openScheduleLoop = ({
  every,
  certificates = null,
  onRound = () => undefined,
  ...parts
}: LoopParts): ScheduleLoop => {
  const { rotation, clock, log } = parts
  const closing = new AbortController()
  const { signal } = closing
  const run = async (): Promise<void> => {
    const scheduled = scheduledOf(rotation)
    while (!signal.aborted) {
      const next = clock.boot() + every
      try {
        const round = await turnDue({ ...parts, now: clock.wall(), signal }, scheduled)
        const told = signal.aborted ? 0 : ((await certificates?.round()) ?? 0)
        onRound({ ...round, told: round.told + told })
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
