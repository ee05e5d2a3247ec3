/** What working on a run takes, and what whoever watches is told. */
import type { Clock, Keyturn, Secret } from '@keyturn/tokens'
import type { CommonSettings } from '../common-settings.ts'
import type { Problem } from '../credential.ts'
import type { RotationPorts } from '../ports.ts'
import type { Rotator } from '../rotator.ts'
import type { Keeper } from './keeper.ts'
import type { Lease } from './lease.ts'

export interface Work {
  readonly rotator: Rotator
  readonly settings: unknown
  readonly common: CommonSettings
  readonly keyturn: Keyturn
  readonly keeper: Keeper
  readonly lease: Lease
  readonly clock: Clock
  readonly random: (size: number) => Uint8Array
  readonly ports: RotationPorts
  readonly attended: boolean
  readonly answers: Readonly<Record<string, Secret>>
  readonly tell: (event: RunEvent) => void
  readonly signal?: AbortSignal
}

/** What whoever watches is told. */
export type RunEvent =
  | { readonly is: 'step'; readonly step: string; readonly does: string; readonly back: boolean }
  | { readonly is: 'line'; readonly text: string }
  | { readonly is: 'done'; readonly step: string; readonly note: string; readonly back: boolean }
  | { readonly is: 'wait'; readonly until: number; readonly why: string }
  | { readonly is: 'problem'; readonly problem: Problem }
