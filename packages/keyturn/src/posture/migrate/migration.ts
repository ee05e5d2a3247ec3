/**
 * A connected app as an external client app: each element of its file carried over as it is, in another form, or not, and
 * then with why and what to do. Sources: Metadata API guide, ConnectedApp and the types of external client apps.
 */
import type { MetadataBody } from '../../org/metadata-component.ts'

type Carried = 'as-is' | 'other-form' | 'not-carried'

export interface ElementMove {
  /** Path in the connected app's file: `oauthConfig.isPkceRequired`. */
  readonly element: string
  readonly how: Carried
  /** Path in the new app's files: `ExtlClntAppGlobalOauthSettings.isPkceRequired`; null: nowhere. */
  readonly to: string | null
  /** Why not, or in which form; empty where it is simply the same. */
  readonly text: string
  /** What somebody has to do about it; null: nothing. */
  readonly todo: string | null
}

/** What was made stricter on the way, because it was asked for. */
export interface Hardening {
  readonly element: string
  readonly was: string
  readonly is: string
  readonly text: string
}

/** The bodies of the files, by part. */
export interface MigratedParts {
  readonly app: MetadataBody
  readonly oauth: MetadataBody
  readonly global: MetadataBody
  readonly policies: MetadataBody
  readonly switches: MetadataBody
}

export type MigratedPart = keyof MigratedParts

export interface Migration {
  /** Full names. */
  readonly from: string
  readonly to: string
  readonly label: string
  readonly parts: MigratedParts
  readonly moves: readonly ElementMove[]
  readonly hardening: readonly Hardening[]
}
