/**
 * The usage resource of the Connect API: which external client apps there are and who uses them. A second opinion on
 * OauthToken, asked only about apps of which that shows no token: one call an app would be too many.
 */
import type { Json } from '@keyturn/tokens'
import { row } from '../../../org/connection.ts'
import type { Fact } from '../../fact.ts'
import type { TokenFact } from '../../facts.ts'
import type { Asker } from '../asker.ts'
import { attempt } from '../attempt.ts'
import { seesUsage } from '../needs.ts'
import { list, text } from '../cells.ts'
import type { AuditPermission } from '../own-permissions.ts'

interface UsedApp {
  readonly id: string
  readonly name: string
  readonly packaged: boolean
}

const pageSize = 100
const mostPages = 50
const mostAsked = 10

export const appUsage = (ask: Asker, own: ReadonlySet<AuditPermission>): Promise<Fact<readonly UsedApp[]>> =>
  attempt(seesUsage, own, async () => {
    const found: UsedApp[] = []
    // Each page names a next one, the last page too: the end is a page that isn't full.
    for (let page = 0; page < mostPages; page++) {
      const apps = appsOf(await ask.get(`/apps/oauth/usage?page=${page}&pageSize=${pageSize}`))
      found.push(...apps)
      if (apps.length < pageSize) break
    }
    return found
  })

const appsOf = (body: Json): readonly UsedApp[] =>
  list(row(body)['apps'], 'the usage of apps').map((one) => ({
    id: text(one, 'identifier'),
    name: text(one, 'developerName'),
    packaged: one['isFromPackage'] === true,
  }))

interface UnseenUse {
  /** Names of apps that the page knows tokens of, and the inventory has none of. */
  readonly missing: readonly string[]
  /** Names of apps that are used without tokens, as machine flows are. */
  readonly tokenless: readonly string[]
  readonly asked: number
  readonly unasked: number
}

export const unseenUse = (
  ask: Asker,
  own: ReadonlySet<AuditPermission>,
  apps: readonly UsedApp[],
  tokens: readonly TokenFact[],
): Promise<Fact<UnseenUse>> =>
  attempt(seesUsage, own, async () => {
    const ids = new Set(tokens.map(({ appId }) => appId?.slice(0, 15)))
    const names = new Set(tokens.filter(({ appId }) => appId === null).map(({ app }) => app))
    const silent = apps.filter(({ id, name }) => !ids.has(id.slice(0, 15)) && !names.has(name))
    const some = silent.slice(0, mostAsked)
    const uses = await Promise.all(some.map(({ id }) => useOf(ask, id)))
    const named = (use: Use): readonly string[] => some.filter((_app, n) => uses[n] === use).map(({ name }) => name)
    return {
      missing: named('by-token'),
      tokenless: named('without-token'),
      asked: some.length,
      unasked: silent.length - some.length,
    }
  })

type Use = 'none' | 'by-token' | 'without-token'

/** Of its first user: that one was seen says nothing yet, for bearer flows leave no token. */
const useOf = async (ask: Asker, id: string): Promise<Use> => {
  const [user] = list(row(await ask.get(`/apps/oauth/usage/${id}/users?pageSize=1`))['users'], 'users')
  if (user === undefined) return 'none'
  const tokens = row(await ask.get(`/apps/oauth/usage/${id}/${text(user, 'userIdentifier')}/tokens`))['tokens']
  return list(tokens, 'tokens of a user').length > 0 ? 'by-token' : 'without-token'
}
