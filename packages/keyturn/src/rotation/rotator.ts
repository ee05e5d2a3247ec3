/**
 * The port between the machine and one kind of credential. A rotator is a list of steps in the order its platform
 * demands; the machine journals, repeats, waits, rolls back and reports. A new kind is a folder in `rotators/` and a
 * line in the registry.
 *
 * What a step must keep to:
 * - It may be run again at any point, by another process: with `context.resumed` it first looks what is there.
 * - A secret is put into the store by `context.keep` before it has an effect, or the moment it exists.
 * - It never sleeps: `later` says when to ask again.
 */
import type * as z from 'zod'
import type { Clock, Json, Keyturn, Secret } from '@keyturn/tokens'
import type { PersonTask, Problem, Version, VersionState } from './credential.ts'
import type { CommonSettings } from './common-settings.ts'
import type { RotationPorts } from './ports.ts'
import type { SwitchName } from '../org/switches.ts'

type Facts = Readonly<Record<string, Json>>

/** A failing rotation is a value; exceptions are for what may go away by itself, and are tried again with back-off. */
export type StepOutcome =
  | { readonly is: 'done'; readonly note: string; readonly facts?: Facts }
  /** Ask again in so many ms: propagation, a mail on its way, a drain. */
  | { readonly is: 'later'; readonly after: number; readonly why: string }
  /** `recheck`: look again in so many ms, for what a person does may be seen without being told. */
  | { readonly is: 'person'; readonly task: PersonTask; readonly recheck?: number }
  /** Judged: it did not work. Rolls back where that exists, else the run halts. */
  | {
      readonly is: 'failed'
      readonly problem: Problem
      /** The platform refused it and certainly changed nothing: the step itself has nothing to take back. */
      readonly unchanged?: true
    }
  /** Nobody but a person can say what is right: halts where it is. */
  | { readonly is: 'halt'; readonly problem: Problem; readonly unchanged?: true }

export interface Kept {
  /** For `context.data`, merged. */
  readonly data?: Facts
  /** For the new version's public data, merged. */
  readonly version?: Facts
  /** Secrets of the new version by field; sealed in the same transaction. */
  readonly secrets?: Readonly<Record<string, Secret>>
  /** Opens (text) or closes (null) the window in which neither version is sure to work. */
  readonly exposed?: string | null
  /** The platform takes the new version from now on. */
  readonly active?: true
  /** A login with the new version worked just now. */
  readonly verified?: true
}

export interface StepContext<S = unknown> {
  readonly name: string
  readonly settings: S
  readonly common: CommonSettings
  readonly runId: string
  /** The ledger's head when the run was planned: what happened since is behind it. */
  readonly ledgerFrom: number
  readonly from: Version | null
  readonly to: Version
  secret(version: Version, field: string): Promise<Secret | null>
  keep(kept: Kept): Promise<void>
  /** What was kept as `data`, always the newest. */
  readonly data: Facts
  /** An earlier try of this step may have had its effect. */
  readonly resumed: boolean
  /** When the first try of this step began, and when the run did. */
  readonly since: number
  readonly startedAt: number
  /** Somebody sits in front of this run. */
  readonly attended: boolean
  /** What a person brought back for the task of this step. */
  readonly answers: Readonly<Record<string, Secret>>
  readonly keyturn: Keyturn
  readonly clock: Clock
  readonly random: (size: number) => Uint8Array
  readonly ports: RotationPorts
  /** One line for whoever watches. */
  readonly tell: (text: string) => void
}

export interface RotationStep<S = unknown> {
  readonly name: string
  /** One sentence for the plan and the report. */
  readonly does: string
  /** What the new version is once the step is done; null: as before. */
  readonly reaches: VersionState | null
  run(context: StepContext<S>): Promise<StepOutcome>
  /** Takes it back. `nothing`: there is nothing to take back. `impossible`: from here on the run only goes forward. */
  readonly undo: ((context: StepContext<S>) => Promise<StepOutcome>) | 'nothing' | 'impossible'
  /** Org switches that are opened before it, if they were closed, and closed again as soon as no step needs them. */
  readonly needs?: readonly SwitchName[] | ((context: Omit<StepContext<S>, 'to'>) => Promise<readonly SwitchName[]>)
}

/** What use of the old version can be seen. */
export type OldUse =
  | { readonly observable: false; readonly why: string }
  | {
      readonly observable: true
      readonly users: readonly { readonly name: string; readonly how: string; readonly lastAt: number | null }[]
      /** Logins since the cut-over: those that worked, and those refused for this very credential and nothing else. */
      readonly calls?: { readonly worked: number; readonly failed: number }
      /** What this can't see all the same. */
      readonly blindTo?: string
    }

export interface Rotator<S = unknown> {
  readonly kind: string
  readonly title: string
  /** Its own part of `credentials: NAME:` in keyturn.yaml. */
  readonly settings: z.ZodType<S>
  /** Secrets a version has: what destinations may name. */
  readonly fields: readonly string[]
  readonly steps: readonly RotationStep<S>[]
  /** The order is the platform's, not ours: why, and what is exposed meanwhile; null where nothing is. */
  readonly exposure: string | null
  /** What a person must do in any case; null: nothing. */
  readonly person: string | null
  /** The grant whose org it acts in; null: it acts in none. */
  orgOf(settings: S): string | null
  /** Everything that must be so before the first step. Changes nothing. */
  preflight(context: Omit<StepContext<S>, 'to'>): Promise<readonly Problem[]>
  /** The value that is in use now, read from the platform or asked from a person; null: it can't be had. */
  readonly adopt?: (context: Omit<StepContext<S>, 'to'>) => Promise<{
    readonly version: Facts
    readonly secrets: Readonly<Record<string, Secret>>
  }>
  /** What an abandoned run must not leave behind in this store, such as grants that keep two clients. */
  readonly letGo?: (context: StepContext<S>) => Promise<void>
  /** Since when the current value is in use, for its age; `unknown` with a reason where the platform doesn't say. */
  readonly age?: (context: Omit<StepContext<S>, 'to'>) => Promise<Age>
}

export type Age =
  | { readonly basis: 'known' | 'at-most'; readonly since: number; readonly why: string }
  | { readonly basis: 'unknown'; readonly why: string }

/** What a registry holds: its settings were parsed by its own schema, so the machine hands them back unseen. */
export const defineRotator = <S>(rotator: Rotator<S>): Rotator => rotator as unknown as Rotator
