/** What the contract suite needs to know of a kind: a place of its own, ways to look at it and to spoil it. */
import type { TestContext } from 'node:test'
import { Secret, systemClock } from '@keyturn/tokens'
import { resolveReference } from '@keyturn/tokens/maintenance'
import { destinationSchemas, openDestination } from '../../src/destinations/destination-kinds.ts'
import type { DestinationSettings } from '../../src/destinations/destination-kinds.ts'
import type { Destination, DestinationValue } from '../../src/destinations/destination.ts'

export interface Place {
  readonly destination: Destination
  /** What a consumer finds there under the name of that field; null: nothing, undefined: nobody can look. */
  look(field: string): Promise<string | null | undefined> | string | null | undefined
  /** What was there besides, as it must stay; null where there is no besides. */
  beside(): unknown
  /** Somebody else writes between our reading and our writing; null where the platform lets nobody notice. */
  readonly interfere: (() => void) | null
  /** The place can't be reached any more; null: a local one. */
  readonly cut: (() => Promise<void>) | null
  /** Takes the right to write; null where this can't be had (root). `told`: the preflight can know. */
  readonly deny: { readonly now: () => void; readonly told: boolean } | null
  /** Values it refuses by its nature. */
  readonly refuses?: readonly string[]
}

export interface PlaceKind {
  readonly kind: string
  readonly readable: boolean
  /** What can't be done to this kind from outside, and therefore isn't tested here: its `null`s. */
  readonly lacks?: readonly ('interfere' | 'cut' | 'deny')[]
  make(t: TestContext): Promise<Place>
}

export const valueOf = (fields: Readonly<Record<string, string>>, version = 'v1'): DestinationValue => ({
  version,
  fields: Object.fromEntries(Object.entries(fields).map(([name, text]) => [name, new Secret(text)])),
})

/** By way of the schema, as keyturn.yaml comes. */
export const openOne = (
  given: Readonly<Record<string, unknown>>,
  folder: string,
  env: Readonly<Record<string, string | undefined>> = {},
): Destination => {
  const schema = destinationSchemas.find(({ shape }) => shape.kind.value === given.kind)
  if (schema === undefined) throw new Error(`no kind ${String(given.kind)}`)
  return openDestination(schema.parse(given) as DestinationSettings, {
    name: 'test',
    folder,
    clock: systemClock,
    env,
    resolve: (reference) => resolveReference(reference, env),
  })
}
