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
  /** Names of apps that somebody uses and that have no token in the inventory. */
  readonly missing: readonly string[]
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
    const users = await Promise.all(
      some.map(async ({ id }) =>
        list(row(await ask.get(`/apps/oauth/usage/${id}/users?pageSize=1`))['users'], 'users'),
      ),
    )
    const missing = some.filter((_app, n) => (users[n] ?? []).length > 0).map(({ name }) => name)
    return { missing, asked: some.length, unasked: silent.length - some.length }
  })
