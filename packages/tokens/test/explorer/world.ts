/**
 * One state of the world the explorer walks through: what the store says, what is true at the server, what every
 * process has in hand, what is on the wire and what the hosts' journals hold.
 *
 * A process may be arbitrarily slow between any two of its steps, so a suspended holder (SIGSTOP, a sleeping laptop) is
 * simply a slow one. The one exception is the gap between the last check and the write, see `gap` in Configuration.
 * Time is a small number; the product's policy is scaled down to it (`policy` below).
 */
import type { Policy } from '../../src/protocol/event.ts'
import { newGrant, type GrantState, type Holder } from '../../src/protocol/state.ts'

export interface Configuration {
  readonly name: string
  /** The host of each process. */
  readonly hosts: readonly number[]
  /** How many grants of the same user and app there are. */
  readonly grants?: 1 | 2
  readonly spares?: readonly { readonly name: string; readonly cascade: boolean }[]
  /** The first grant is a machine flow without a refresh token. */
  readonly machine?: boolean
  readonly reuse?: 'documented' | 'lenient'
  readonly cascade?: 'family' | 'user-app'
  readonly lock?: 'none' | 'token' | 'app'
  readonly lockErrorRevokes?: boolean
  readonly rotation?: boolean
  readonly newKillsOld?: boolean
  readonly unknownOutcome?: Policy['unknownOutcome']
  /** Every process first looks and claims later by what it saw. */
  readonly views?: boolean
  /** A holder whose callers' wait ended says so and listens on. */
  readonly soft?: boolean
  /** `long`: a process may be stopped between the last check and its write. The design names that gap; see properties. */
  readonly gap?: 'long'
  /** `early`: an operator may give a host up that is only silent. */
  readonly bet?: 'early'
  /** The answer to an authorisation code is journalled as a link of the chain, from the token it replaces. */
  readonly journalsCodes?: boolean
  /** Spares are tried while the grant's own token still lives. */
  readonly prepare?: boolean
  /** The API refuses every access token: no exchange cures it. `mayfly`: tokens really die at once. */
  readonly api?: 'refuses' | 'mayfly'
  /** How often each optional thing may happen. Absent: never. */
  readonly budget: Budget
  /** Properties that this configuration is known to cost, and why it is explored all the same: for the others. */
  readonly ignores?: readonly string[]
  /** Stop after so many states and say so; absent: to exhaustion. */
  readonly cap?: number
}

export type Optional =
  | 'ahead' // refresh while the access token lives
  | 'expire' // an access token of a live grant dies (in doubt it always may)
  | 'lost' // an answer is lost: reset, or silence
  | 'drop' // a request is lost
  | 'slow' // a holder closes its socket although server or network are not done
  | 'halfToken' // half an answer with the whole refresh token
  | 'halfAccess' // half an answer with the access token only
  | 'down' // 5xx before the commit
  | 'error' // 5xx after the commit
  | 'block' // user, IP or app refused
  | 'revoke' // an administrator revokes the family
  | 'noConnect' // the request certainly never left
  | 'crash'
  | 'duplicate' // a proxy delivers a request twice
  | 'foreign' // somebody else spends a copy of the first token
  | 'enrol'
  | 'codeLost'
  | 'remove'
  | 'revive'
  | 'retry' // a person tries failed spares again
  | 'cure' // the API stops refusing
  | 'backup'
  | 'setBack'
  | 'mintFails'
  | 'mintLost'
  | 'loseHost' // the processes of the last host die and stay dead; its journal is gone
  | 'giveUp' // the operator's bet: the last host is declared lost although it may only be silent

export type Budget = { readonly [name in Optional]?: number }

/** `at` is the number of an access token, 0 for none. */
export type Answer =
  | { readonly kind: 'ok'; readonly next: string | null; readonly at: number }
  | { readonly kind: 'half'; readonly at: number }
  | { readonly kind: 'refused' | 'busy' | 'blocked' | 'error' }

export type Phase = 'claimed' | 'checked' | 'unsent' | 'sent' | 'heard' | 'journalled' | 'closed' | 'gone'

/** One attempt, in the hands of its process (all phases but `gone`) and on the wire. */
export interface Exchange {
  readonly id: string
  readonly rec: number
  readonly proc: number
  readonly lineage: string
  readonly replay: boolean
  readonly phase: Phase
  readonly request: 'none' | 'net' | 'processing'
  /** On its way back. */
  readonly answer: Answer | null
  /** In the process's memory. */
  readonly heard: Answer | null
  readonly soft: boolean
  readonly deadline: number
  readonly closedAt: number
  /** Sent in a time line that is lost: nobody could foresee what it meets. */
  readonly lost: boolean
  /** The app was paced when this was claimed. */
  readonly paced: boolean
}

export interface JournalEntry {
  readonly host: number
  readonly rec: number
  readonly attempt: string
  readonly lineage: string
  readonly answer: Answer
  /** The store has it. Kept all the same where the store may go back. */
  readonly done: boolean
}

export interface Minting {
  readonly id: string
  readonly rec: number
  readonly proc: number
  readonly spare: string
  /** -1: asked for, 0: nothing came, else the access token. */
  readonly at: number
  readonly definite: boolean
}

export interface Family {
  readonly alive: boolean
  readonly cur: number
  /** The current token reached a journal or the store. */
  readonly delivered: boolean
  /** Somebody else spent or duplicated a token of it: what that costs nobody can keep. */
  readonly tainted: boolean
  readonly rec: number
}

export interface Grant {
  readonly state: GrantState
  /** The access token that callers get. */
  readonly at: number
  readonly ownAt: number
}

export interface Process {
  readonly host: number
  readonly up: boolean
  readonly life: number
  readonly wants: readonly (Want | null)[]
}

/** What a process saw of a grant before it claims. */
export interface Want {
  readonly lineage: string
  readonly generation: number
  readonly unresolved: string | null
}

export interface Person {
  readonly phase: 'idle' | 'announced' | 'coded'
  readonly id: string
  readonly rec: number
  readonly lineage: string
  readonly at: number
}

export interface Violation {
  readonly property: string
  readonly text: string
}

export interface World {
  readonly now: number
  readonly grants: readonly Grant[]
  readonly paced: boolean
  readonly exchanges: readonly Exchange[]
  readonly journal: readonly JournalEntry[]
  readonly mints: readonly Minting[]
  readonly processes: readonly Process[]
  readonly person: Person
  readonly families: readonly Family[]
  /** Living access tokens, by family; `spareFamily` for those of spares. */
  readonly living: readonly { readonly at: number; readonly family: number }[]
  /** Spares that still work, by name. */
  readonly working: readonly string[]
  readonly snapshot: readonly Grant[] | null
  readonly budget: Budget
  /** Hosts that were declared lost. */
  readonly given: readonly number[]
  /** Hosts whose disk is gone. */
  readonly lost: readonly number[]
  readonly ids: number
  /** For the properties only: no actor looks at these. */
  readonly ghost: Ghost
  readonly violation: Violation | null
}

export interface Ghost {
  /** Lineages whose refusal was committed. */
  readonly refused: readonly string[]
  /** Unknown outcomes less replays, by grant. */
  readonly unknown: readonly number[]
  /** When an outcome became unknown last, by grant. */
  readonly doubted: readonly number[]
  /** Exchanges and mints since time last passed, by grant. */
  readonly burst: readonly number[]
  /** The access token of every generation ever handed out, by grant. */
  readonly handedOut: readonly Readonly<Record<number, number>>[]
}

export const spareFamily = { independent: -1, cascade: -2 } as const

/** The policy with the smallest numbers that keep its order: the back-off of a replay outlasts the drain. */
export const policyOf = (configuration: Configuration): Policy => ({
  unknownOutcome: configuration.unknownOutcome ?? 'replay-last',
  drain: 1,
  replayBackoff: 3,
  replayBackoffMax: 3,
  breakerWindow: 1,
  breakerBackoff: 2,
  breakerBackoffMax: 2,
})

/** From a claim to the first byte, and to the moment anybody may call the outcome unknown. */
export const sendWithin = 1
export const answerWithin = 2
export const enrolWithin = 2
export const mintWithin = 1

export const lineageOf = (family: number, n: number): string => `${family}.${n}`
export const familyOf = (lineage: string): number => Number(lineage.slice(0, lineage.indexOf('.')))
export const numberOf = (lineage: string): number => Number(lineage.slice(lineage.indexOf('.') + 1))

export const hostName = (host: number): string => `h${host}`
export const holderOf = (proc: number, process: Process): Holder => ({
  host: hostName(process.host),
  process: `p${proc}.${process.life}`,
})

/** The item at an index that exists. */
export const item = <T>(list: readonly T[], index: number): T => {
  const found = list[index]
  if (found === undefined) throw new RangeError(`no item ${index}`)
  return found
}

export const replaced = <T>(list: readonly T[], index: number, value: T): readonly T[] => {
  const copy = list.slice()
  copy[index] = value
  return copy
}

export const isAlive = (world: World, at: number): boolean => at > 0 && world.living.some((one) => one.at === at)

export const initial = (configuration: Configuration): World => {
  const spares = configuration.spares ?? []
  const names = { names: spares.map((s) => s.name), cascade: spares.filter((s) => s.cascade).map((s) => s.name) }
  const grants: Grant[] = []
  const families: Family[] = []
  const living: { at: number; family: number }[] = []
  for (let rec = 0; rec < (configuration.grants ?? 1); rec++) {
    families.push({ alive: true, cur: 0, delivered: true, tainted: false, rec })
    if (configuration.machine === true && rec === 0) {
      grants.push({ state: newGrant(null, { names: [], cascade: [] }), at: 0, ownAt: 0 })
      continue
    }
    // Long in use: its access token is old and alive.
    const state: GrantState = {
      ...newGrant(lineageOf(rec, 0), rec === 0 ? names : undefined),
      generation: 1,
      access: 'alive',
      ownAccess: 'alive',
      source: 'refresh',
      mintedAt: -9,
    }
    grants.push({ state, at: rec + 1, ownAt: rec + 1 })
    living.push({ at: rec + 1, family: rec })
  }
  return {
    now: 0,
    grants,
    paced: false,
    exchanges: [],
    journal: [],
    mints: [],
    processes: configuration.hosts.map((host) => ({ host, up: true, life: 0, wants: grants.map(() => null) })),
    person: { phase: 'idle', id: '', rec: 0, lineage: '', at: 0 },
    families,
    living,
    working: spares.map((s) => s.name),
    snapshot: null,
    budget: configuration.budget,
    given: [],
    lost: [],
    ids: 10,
    ghost: {
      refused: [],
      unknown: grants.map(() => 0),
      doubted: grants.map(() => -9),
      burst: grants.map(() => 0),
      handedOut: grants.map((grant) => ({ [grant.state.generation]: grant.at })),
    },
    violation: null,
  }
}
