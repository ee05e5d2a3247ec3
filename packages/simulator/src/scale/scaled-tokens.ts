/** Tokens by number, at most five of a user and app, and maybe a heap of one user’s. */
import type { Random } from '../scenarios/random.ts'
import { fingerprint } from '../state/ids.ts'
import type { SimApp } from '../state/apps.ts'
import type { Org } from '../state/org.ts'
import { wholeMinute } from '../scenarios/whole-minute.ts'
import { bulkInsert } from './bulk-insert.ts'
import type { ScaledUser } from './scaled-users.ts'

const day = 86_400_000

const grantColumns = [
  ...['id', 'appId', 'userId', 'scopes', 'createdAt', 'lastUsedAt', 'useCount', 'live', 'clientId', 'deleteToken'],
  ...['rowId', 'rowCreatedAt'],
]

export function makeScaledTokens(
  org: Org,
  random: Random,
  of: {
    readonly count: number
    readonly ofOneUser: number
    readonly users: readonly ScaledUser[]
    readonly apps: readonly SimApp[]
  },
): void {
  const { count, ofOneUser, users, apps } = of
  if (count === 0) return
  if (users.length === 0 || apps.length === 0) throw new Error('Tokens need users and apps')
  const taken = new Map<string, number>()
  const pair = (index: number): readonly [ScaledUser, SimApp] => {
    const [heavy] = users
    if (index < ofOneUser && heavy !== undefined) return [heavy, random.pick(apps)]
    for (let attempt = 0; ; attempt++) {
      const user = random.pick(users)
      const app = random.pick(apps)
      const held = taken.get(user.id + app.id) ?? 0
      if (held >= 5 && attempt < 100) continue
      taken.set(user.id + app.id, held + 1)
      return [user, app]
    }
  }
  const ids = Array.from({ length: count }, () => org.ids.id('sim'))
  const now = wholeMinute(org)
  // Deployments of an app approve for many users at once: every tenth token shares its second with another.
  let createdAt = 0
  bulkInsert(org, { table: 'sim_grant', columns: grantColumns, count }, (index) => {
    const [user, app] = pair(index)
    if (index % 10 !== 0 || index === 0) createdAt = now - day - random.below(700 * 86_400) * 1000
    const lastUsedAt = createdAt + Math.floor(random.next() * (now - createdAt))
    return [
      ...[ids[index] ?? '', app.id, user.id, app.scopes.join(' '), createdAt, lastUsedAt],
      ...[1 + random.below(5000), 1, app.clientId, `${org.ids.id('del')}${index}`],
      ...[org.ids.id('0CQ'), createdAt],
    ]
  })
  const tokenColumns = ['token', 'fingerprint', 'grantId', 'state', 'createdAt']
  bulkInsert(org, { table: 'sim_refresh_token', columns: tokenColumns, count }, (index) => {
    const token = `5Aep861${org.ids.token('refresh', 60)}`
    return [token, fingerprint(token), ids[index] ?? '', 'active', now]
  })
}
