/** The destinations of keyturn.yaml, by their names. */
import { resolve } from 'node:path'
import { KeyturnError, systemClock } from '@keyturn/tokens'
import type { Clock } from '@keyturn/tokens'
import { resolveReference } from '@keyturn/tokens/maintenance'
import type { Destination } from '../destinations/destination.ts'
import { describeDestination, openDestination } from '../destinations/destination-kinds.ts'
import type { DestinationSettings } from '../destinations/destination-kinds.ts'
import { nearest } from '../nearest.ts'
import { resolversOf, withoutMasterKey } from '../settings.ts'
import type { Settings } from '../settings.ts'

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
  const of = (name: string): DestinationSettings => {
    const found = Object.hasOwn(destinations, name) ? destinations[name] : undefined
    if (found !== undefined) return found
    const near = nearest(name, names)
    throw new KeyturnError('CONFIG_INVALID', `There is no destination ${name.slice(0, 80)} in keyturn.yaml`, {
      fix:
        names.length === 0
          ? 'Describe it under `destinations:`; docs/destinations.md shows how.'
          : `It has ${names.join(', ')}.${near === null ? '' : ` Did you mean ${near}?`}`,
    })
  }
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
