/**
 * An org of any size, made in seconds: people, apps, tokens, permission sets and logins by number. Every tenth user is
 * a machine, every twentieth app was installed by nobody, and names that hold a number are its only variety.
 */
import type { Org } from '../state/org.ts'
import type { OrgSpec } from '../state/seed.ts'
import { createRandom } from '../scenarios/random.ts'
import { makeScaledApps } from './scaled-apps.ts'
import { makeScaledLogins } from './scaled-logins.ts'
import { makeScaledPermissions } from './scaled-permissions.ts'
import { makeScaledTokens } from './scaled-tokens.ts'
import { makeScaledUsers } from './scaled-users.ts'

export interface ScaleOptions {
  /** The org's short name; default `scale`. */
  readonly name?: string
  readonly seed?: string
  readonly users?: number
  readonly apps?: number
  readonly tokens?: number
  /** So many of the tokens are one user's: more than queries of that user alone can reach (2,500). */
  readonly tokensOfOneUser?: number
  readonly permissionSets?: number
  readonly loginRows?: number
  readonly auditRows?: number
  /** Switches of the org, as in any other. */
  readonly settings?: OrgSpec['settings']
}

/** For `startSimulator({ orgs: [scale({ users: 10_000, tokens: 60_000 })] })`. Its administrator is `admin@<name>.example`. */
export function scale(options: ScaleOptions): OrgSpec {
  const name = options.name ?? 'scale'
  const count = (wanted: number | undefined, otherwise: number): number => {
    const n = wanted ?? otherwise
    if (!Number.isInteger(n) || n < 0) throw new Error(`A size is a whole number of 0 or more; got ${n}`)
    return n
  }
  const size = {
    users: count(options.users, 100),
    apps: count(options.apps, 10),
    tokens: count(options.tokens, 500),
    tokensOfOneUser: count(options.tokensOfOneUser, 0),
    permissionSets: count(options.permissionSets, 50),
    loginRows: count(options.loginRows, 1000),
    auditRows: count(options.auditRows, 1000),
  }
  if (size.tokensOfOneUser > size.tokens) throw new Error('One user can’t have more tokens than there are')
  const fill = (org: Org): void => {
    const random = createRandom(options.seed ?? name)
    org.db.exec('SAVEPOINT scale')
    const users = makeScaledUsers(org, size.users)
    const apps = makeScaledApps(org, size.apps)
    makeScaledPermissions(org, random, { sets: size.permissionSets, users, apps })
    makeScaledTokens(org, random, { count: size.tokens, ofOneUser: size.tokensOfOneUser, users, apps })
    makeScaledLogins(org, random, { logins: size.loginRows, changes: size.auditRows, users, apps })
    org.db.exec('RELEASE scale; ANALYZE')
  }
  return {
    name,
    title: 'Scale Corp',
    users: [{ username: `admin@${name}.example`, profile: 'System Administrator' }],
    settings: { ...options.settings },
    fill,
  }
}
