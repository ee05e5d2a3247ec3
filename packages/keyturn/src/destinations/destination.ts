/**
 * A destination: a place where consumers read a credential. The contract that every kind keeps, and that rotation knows.
 *
 * Whoever wants to go back writes the older value again; kinds that can do it better have `rollBack`.
 */
import type { Clock, Secret } from '@keyturn/tokens'
import type * as z from 'zod'

export interface DestinationValue {
  /** `username`, `password`, `securityToken`, `consumerKey`, `consumerSecret`, `accessToken`, … */
  readonly fields: Readonly<Record<string, Secret>>
  /** Of the credential: writing the same version again changes nothing. */
  readonly version: string
}

/** What stands in the way, for a person. */
export interface Problem {
  /** `DESTINATION_REFUSED` and the like. */
  readonly code: string
  readonly text: string
  readonly next: string
}

interface Written {
  readonly changed: boolean
  /** Where it is now, such as `file:/srv/app/.env#SF_PASSWORD`. No secret. */
  readonly at: string
  /** For `rollBack`, where the kind has it. No secret: may be kept in the store. */
  readonly previous?: string
}

type ReadBack = 'same' | 'different' | 'not-readable'

export interface Destination {
  readonly kind: string
  readonly name: string
  /** Could it be written now? Touches nothing. */
  preflight(): Promise<readonly Problem[]>
  /** Throws DESTINATION_*; then nothing is half-written. DESTINATION_CHANGED: somebody else was not overwritten. */
  write(value: DestinationValue): Promise<Written>
  /** `not-readable`: this place tells nobody what it holds; that it holds the value is then not proved. */
  readBack(value: DestinationValue): Promise<ReadBack>
  /** Back to what was there before that write, unless somebody else wrote since (DESTINATION_CHANGED). */
  rollBack?(previous: string): Promise<Written>
}

export interface DestinationParts {
  /** As keyturn.yaml calls it. */
  readonly name: string
  /** What relative paths are relative to. */
  readonly folder: string
  readonly clock: Clock
  /** Without the master key. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** PEM file of a corporate CA. */
  readonly caFile?: string | undefined
  /** `env:`, `file:`, `command:`, `vault:`, `aws:`: resolved when used. */
  readonly resolve: (reference: string) => Promise<Secret>
}

interface DestinationKind<S extends z.ZodObject> {
  readonly kind: string
  /** Of its entry in keyturn.yaml, `kind` included. */
  readonly settings: S
  /** Where that is, in one line and without a secret. */
  readonly describe: (settings: z.infer<S>) => string
  /** Touches nothing. */
  readonly open: (settings: z.infer<S>, parts: DestinationParts) => Destination
}

export const defineKind = <S extends z.ZodObject>(kind: DestinationKind<S>): DestinationKind<S> => kind
