/** Whether Keyturn lost anything that could be kept: decided by what the oracle counted, never by what we believe. */
import type { Numbers, Seen } from './counts.ts'

export interface Entry {
  readonly scenario: { readonly name: string; readonly keepable: boolean }
  readonly client: string
  readonly with: Seen
  readonly without: Seen
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

const shown = ({ callsOk, callsFailed, exchanges, reuses, alive }: Numbers): Numbers => ({
  callsOk,
  callsFailed,
  exchanges,
  reuses,
  alive,
})

type Legacy = readonly (Entry & { readonly logins: number })[]

/** `expected`: how many entries there should be; a demo that did not show everything showed nothing. */
export const resultOf = (
  entries: readonly Entry[],
  legacy: Legacy,
  expected: { readonly entries: number; readonly legacy: number },
): DemoResult => ({
  ok:
    expected.entries > 0 &&
    entries.length === expected.entries &&
    legacy.length === expected.legacy &&
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
})
