/** The destinations of keyturn.yaml, by their names. */
import { resolve } from 'node:path'
import { systemClock } from '@keyturn/tokens'
import type { Clock } from '@keyturn/tokens'
import { resolveReference } from '@keyturn/tokens/maintenance'
import type { Destination } from '../destinations/destination.ts'
import { describeDestination, openDestination } from '../destinations/destination-kinds.ts'
import type { DestinationSettings } from '../destinations/destination-kinds.ts'
import { resolversOf, withoutMasterKey } from '../settings.ts'
import type { Settings } from '../settings.ts'
import { namedEntry } from './named-entry.ts'

export interface ConfiguredDestinations {
  readonly names: readonly string[]
  /** Kind and place, in one line and without a secret. Throws CONFIG_INVALID for an unknown name. */
  describe(name: string): { readonly kind: string; readonly place: string }
  /** Touches nothing. Throws CONFIG_INVALID for an unknown name. */
  open(name: string): Destination
}

export const configuredDestinations = (
  settings: Pick<Settings, 'config' | 'folder' | 'env' | 'masterKey'>,
  clock: Clock = systemClock,
): ConfiguredDestinations => {
  const { config, folder, env } = settings
  const { destinations = {}, caFile } = config
  const names = Object.keys(destinations)
  const section = {
    what: 'destination',
    entries: destinations,
    describe: 'Describe it under `destinations:`; docs/destinations.md shows how.',
  }
  const of = (name: string): DestinationSettings => namedEntry(section, name)
  const resolvers = resolversOf(settings)
  return {
    names,
    describe: (name) => {
      const found = of(name)
      return { kind: found.kind, place: describeDestination(found) }
    },
    open: (name) =>
      openDestination(of(name), {
        name,
        folder,
        clock,
        env: withoutMasterKey(settings),
        caFile: caFile === undefined ? undefined : resolve(folder, caFile),
        resolve: (reference) => resolveReference(reference, env, resolvers),
      }),
  }
}
