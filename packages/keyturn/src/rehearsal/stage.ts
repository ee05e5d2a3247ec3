/** What a phase works with: an org, the program, and the ways to start it, wait for it and look at what it did. */
import type { Clock } from '@keyturn/tokens'
import type { Run } from './program.ts'
import type { Gate, RehearsalOrg } from './simulated-org.ts'
import { readWire, servedOf } from './wire.ts'
import type { ApiCall, Wire } from './wire.ts'

/** What one undisturbed run showed. */
export interface Profile {
  /** API calls under way at once, at most. */
  readonly width: number
  /** API calls of a whole run; null for a program that stays. */
  readonly calls: number | null
}

export interface Stage {
  readonly org: RehearsalOrg
  readonly profile: Profile
  readonly copies: number
  /** Starts so many copies at once. */
  start(copies?: number): Promise<readonly Run[]>
  /** Until they have ended; a program that stays is stopped once it has gone on calling for a while. */
  finish(runs: readonly Run[]): Promise<void>
  /** Starts one copy and lets it finish. */
  job(): Promise<void>
  /** Where the log is now. */
  mark(): number
  /** The undisturbed run is over: `wire()` begins here. */
  begin(): void
  /** That run. */
  undisturbed(): Wire
  /** What happened since, up to another mark. */
  wire(since?: number, until?: number): Wire
  /** Waits for requests at a gate, as long as the program runs: for one first, then a moment for the others. */
  caught(gate: Gate, runs: readonly Run[], want: number): Promise<readonly number[]>
  /** A run did not end in time, so what it did not do proves nothing. */
  overran(): boolean
  pause(ms: number): Promise<void>
}

interface StageOptions {
  readonly org: RehearsalOrg
  readonly profile: Profile
  readonly copies: number
  readonly longLived: boolean
  /** Milliseconds that one run may take. */
  readonly limit: number
  readonly clock: Clock
  readonly launch: () => Promise<Run>
}

/** More token requests than this in one go are proof enough of a storm; then it is ended. */
export const ENOUGH_OF_A_STORM = 20
/** How often the log is looked at. */
const LOOK = 25
/** Others that are on their way to a gate get so long. */
const MOMENT = 1_000
/** So many times as many calls as it makes at once show that a program that stays goes on. */
const ROUNDS = 3
/** A program that stays, and says nothing more for so long, says nothing more. Until its first word it is starting. */
const SILENCE = 5_000

/** It went on calling for a while; or it went on failing for longer. */
const hasSeenEnough = (calls: readonly ApiCall[], width: number): boolean => {
  const answered = calls.filter(({ ended }) => ended !== null)
  return servedOf(answered).length >= ROUNDS * width || answered.length >= 4 * ROUNDS * width
}

export const stageOn = (options: StageOptions): Stage => {
  const { org, profile, copies, longLived, limit, clock, launch } = options
  let overran = false
  let began = 0
  const mark = (): number => org.log().at(-1)?.n ?? 0
  const wire = (since = began, until = Infinity): Wire => readWire(org.log(since).filter(({ n }) => n <= until))
  const start = (count = 1): Promise<readonly Run[]> => Promise.all(Array.from({ length: count }, () => launch()))

  const finish = async (runs: readonly Run[]): Promise<void> => {
    const since = mark()
    const from = clock.boot()
    let heard: { readonly until: number; readonly at: number } | null = null
    while (runs.some((run) => !run.isOver())) {
      const { calls, tokenRequests } = wire(since)
      const now = clock.boot()
      if (mark() > (heard?.until ?? since)) heard = { until: mark(), at: now }
      if (tokenRequests.length > ENOUGH_OF_A_STORM * runs.length) break
      if (longLived && hasSeenEnough(calls, profile.width * runs.length)) break
      if (longLived && heard !== null && now - heard.at > SILENCE) break
      if (now - from > limit) {
        overran ||= !longLived || heard !== null
        break
      }
      await clock.sleep(LOOK)
    }
    await Promise.all(runs.map((run) => (run.isOver() ? run.ended : longLived ? run.stop() : run.kill())))
  }

  return {
    org,
    profile,
    copies,
    start,
    finish,
    job: async () => finish(await start()),
    mark,
    begin: () => {
      began = mark()
    },
    undisturbed: () => wire(0, began),
    wire,
    caught: async (gate, runs, want) => {
      const from = clock.boot()
      const over = (): boolean => runs.every((run) => run.isOver()) || clock.boot() - from > limit
      while ((await gate.filled(1, 100)).length === 0) if (over()) return []
      let seen: readonly number[] = []
      for (let more = true; more;) {
        const now = await gate.filled(Math.max(want, seen.length + 1), MOMENT)
        more = now.length > seen.length && now.length < want
        seen = now
      }
      return seen
    },
    overran: () => overran,
    pause: (ms) => clock.sleep(ms),
  }
}
