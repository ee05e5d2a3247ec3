/** What the parts of the legacy company know of each other. */
import type { Org } from '../../state/org.ts'
import type { Random } from '../random.ts'
import { hostileNames } from '../hostile-names.ts'
import { wholeMinute } from '../whole-minute.ts'

export interface World {
  readonly org: Org
  readonly random: Random
  /** Epoch milliseconds, so many days before now. */
  ago(days: number): number
  /** A harmless name, or the hostile one where the org was asked to have such. */
  name(plain: string, hostile: keyof typeof hostileNames): string
  /** Users by the first part of their user names. */
  readonly users: Map<string, string>
  /** Profiles, permission sets and groups by name. */
  readonly ids: Map<string, string>
}

const day = 86_400_000

export function worldOf(org: Org, random: Random, hostile: boolean): World {
  const now = wholeMinute(org)
  return {
    org,
    random,
    ago: (days) => now - Math.round(days * day),
    name: (plain, kind) => (hostile ? hostileNames[kind] : plain),
    users: new Map(),
    ids: new Map(),
  }
}

function idIn(map: ReadonlyMap<string, string>, name: string): string {
  const id = map.get(name)
  if (id === undefined) throw new Error(`The legacy company has no "${name}"`)
  return id
}

export const userId = ({ users }: World, name: string): string => idIn(users, name)
export const idOf = ({ ids }: World, name: string): string => idIn(ids, name)
