/** Whether Keyturn lost anything that could be kept: decided by what the oracle counted, never by what we believe. */
import type { Numbers, Seen } from './counts.ts'
import type { Posture } from './posture/posture.ts'
import { rotationFaults, turnsOf } from './rotation/rotations.ts'
import type { Rotations } from './rotation/rotations.ts'
import type { Turn } from './rotation/turn.ts'

export interface Entry {
  readonly scenario: { readonly name: string; readonly keepable: boolean }
  readonly client: string
  readonly with: Seen
  readonly without: Seen
}

/** What is shown besides the clients; null: it was not shown, and the demo failed. */
export interface Parts {
  readonly rotations: Rotations | null
  readonly posture: Posture | null
}

export interface DemoResult {
  readonly ok: boolean
  readonly scenarios: readonly {
    readonly name: string
    readonly client: string
    readonly with: Numbers
    readonly without: Numbers
  }[]
  /** Programs that nobody changes, for a day: through `keyturn serve`, and directly. */
  readonly legacy: readonly {
    readonly program: string
    readonly broker: Numbers & { readonly logins: number }
    readonly directly: Numbers
  }[]
  /** Credentials that `keyturn rotate` turns, and when they are due next. */
  readonly rotation: {
    readonly turns: readonly ShownTurn[]
    readonly calendar: Pick<Rotations['calendar'], 'due' | 'events'>
  }
  /** An org that is audited, mended in part, and audited again. */
  readonly posture: Omit<Posture, 'problems'> | null
}

interface ShownTurn {
  readonly credential: string
  readonly kind: string
  readonly state: string
  readonly proof: string
  readonly callsOk: number
  readonly callsFailed: number
  readonly loginsRefused: number
  readonly exposedSeconds: number | null
  readonly oneKeySeconds: number | null
  readonly report: string | null
}

/** Everything that Keyturn did wrong, in sentences; empty: nothing. */
export const faultsOf = ({ scenario, client, with: seen }: Entry): readonly string[] => {
  const { counters, problems, alive } = seen
  const { reusesWhileAlive, grantsLostKeepable, orderedReplays, unknownOutcomes } = counters
  const found = [...problems]
  if (grantsLostKeepable > 0) found.push(`${grantsLostKeepable} grants were lost that could be kept`)
  if (reusesWhileAlive > 0) found.push(`a spent token was sent ${reusesWhileAlive} times while something was alive`)
  if (orderedReplays > unknownOutcomes) found.push(`${orderedReplays} replays for ${unknownOutcomes} unknown outcomes`)
  if (scenario.keepable && !alive) found.push('no way in is left though one could be kept')
  return found.map((text) => `${scenario.name} · ${client}: ${text}`)
}

/** Of rotation and posture. */
export const partFaults = ({ rotations, posture }: Parts): readonly string[] => [
  ...(rotations === null ? ['no rotation was shown'] : rotationFaults(rotations)),
  ...(posture === null ? ['no audit was shown'] : posture.problems.map((text) => `posture: ${text}`)),
]

const shown = ({ callsOk, callsFailed, exchanges, reuses, alive }: Numbers): Numbers => ({
  callsOk,
  callsFailed,
  exchanges,
  reuses,
  alive,
})

const seconds = (ms: number | null): number | null => (ms === null ? null : Math.round(ms / 1000))

const shownTurn = (turn: Turn): ShownTurn => ({
  credential: turn.credential,
  kind: turn.kind,
  state: turn.state,
  proof: turn.proof,
  callsOk: turn.served,
  callsFailed: Math.max(0, turn.asked - turn.served),
  loginsRefused: turn.refused,
  exposedSeconds: seconds(turn.exposedMs),
  oneKeySeconds: seconds(turn.oneKeyMs),
  report: turn.report,
})

const shownPosture = ({ problems: _problems, ...posture }: Posture): Omit<Posture, 'problems'> => posture

type Legacy = readonly (Entry & { readonly logins: number })[]

/** `expected`: how many entries there should be; a demo that did not show everything showed nothing. */
export const resultOf = (
  entries: readonly Entry[],
  legacy: Legacy,
  parts: Parts,
  expected: { readonly entries: number; readonly legacy: number },
): DemoResult => ({
  ok:
    expected.entries > 0 &&
    entries.length === expected.entries &&
    legacy.length === expected.legacy &&
    partFaults(parts).length === 0 &&
    [...entries, ...legacy].every((entry) => faultsOf(entry).length === 0),
  scenarios: entries.map((entry) => ({
    name: entry.scenario.name,
    client: entry.client,
    with: shown(entry.with),
    without: shown(entry.without),
  })),
  legacy: legacy.map((entry) => ({
    program: entry.client,
    broker: { ...shown(entry.with), logins: entry.logins },
    directly: shown(entry.without),
  })),
  rotation: {
    turns: parts.rotations === null ? [] : turnsOf(parts.rotations).map(shownTurn),
    calendar: { due: parts.rotations?.calendar.due ?? [], events: parts.rotations?.calendar.events ?? 0 },
  },
  posture: parts.posture === null ? null : shownPosture(parts.posture),
})
