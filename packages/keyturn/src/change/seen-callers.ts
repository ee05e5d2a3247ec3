/**
 * The broker's callers as evidence of who uses an org: each grant of that org that a caller may use, whose user and app it
 * signs in as, and when it last did. What can't be told is null, never a guess.
 */
import type { GrantView, Keyturn } from '@keyturn/tokens'
import { readAllCallers } from '../broker/callers/directory.ts'
import { quietLog } from '../caller/quiet-log.ts'
import type { Facts } from '../posture/facts.ts'
import type { SeenCaller } from '../posture/impact/impact.ts'
import type { KeyedApp } from '../posture/rtr/app-clients.ts'
import { readUses } from '../usage/uses.ts'

interface SeenCallersOf {
  readonly orgId: string
  readonly facts: Pick<Facts, 'users'>
  /** By their consumer key, as far as the org shows them. */
  readonly apps?: ReadonlyMap<string, KeyedApp>
  /** Epoch ms, and how far back. */
  readonly now: number
  readonly days: number
}

const day = 86_400_000
const same = (a: string, b: string): boolean => a.slice(0, 15) === b.slice(0, 15)

const userOf = ({ username, identity }: GrantView, { users }: Pick<Facts, 'users'>): string | null => {
  if (username !== null) return username
  if (identity === null || users.is === 'unknown') return null
  return users.value.find(({ id }) => same(id, identity.userId))?.username ?? null
}

export const seenCallers = async (keyturn: Keyturn, of: SeenCallersOf): Promise<readonly SeenCaller[]> => {
  const [grants, callers, uses] = await Promise.all([
    keyturn.grants.list(),
    readAllCallers(keyturn.store, quietLog),
    readUses(keyturn.store, new Date(of.now - of.days * day).toISOString().slice(0, 10)),
  ])
  // A grant that never said which org it is of may be of this one.
  const here = grants.filter(({ identity }) => identity === null || same(identity.orgId, of.orgId))
  const byName = callers.toSorted((a, b) => (a.doc.name < b.doc.name ? -1 : 1))
  return byName.flatMap(({ id, doc }) =>
    here
      .filter(({ name }) => doc.grants.includes(name))
      .map((grant) => {
        const last = Math.max(
          0,
          ...uses
            .filter(({ caller, grant: used }) => caller === id && (used === grant.name || used === grant.id))
            .map((use) => use.last),
        )
        return {
          name: doc.name,
          grant: grant.name,
          username: userOf(grant, of.facts),
          clientId: grant.clientId,
          app: of.apps?.get(grant.clientId)?.fullName ?? null,
          appKind: of.apps?.get(grant.clientId)?.kind ?? null,
          last: last === 0 ? null : last,
        }
      }),
  )
}
