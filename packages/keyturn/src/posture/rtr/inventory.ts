/**
 * Every app that issues refresh tokens, or may, and behind each the clients that were seen. Pure. What can't be read is
 * named in `blind`; with anything blind no app is ready.
 */
import { namesOf } from '../app-names.ts'
import { appSubject } from '../controls/app-control.ts'
import { hasInteractiveFlow, hasRefreshScope } from '../controls/refresh-tokens.ts'
import type { Fact } from '../fact.ts'
import type { AppFact, Origin, TokenFact } from '../facts.ts'
import type { Snapshot } from '../snapshot.ts'
import { clientsOf } from './app-clients.ts'
import type { RtrClient, Seen } from './app-clients.ts'
import { indexOf, named, tokensOf } from './use-index.ts'

export interface RtrApp {
  readonly subject: string
  readonly kind: AppFact['kind']
  readonly id: string | null
  readonly name: string
  readonly label: string
  readonly namespace: string | null
  /** Under which it stands in the login history and among the tokens. */
  readonly names: readonly string[]
  readonly origin: Origin | null
  readonly issues: 'yes' | 'unknown'
  readonly rotation: boolean | null
  readonly blocked: boolean | null
  readonly flows: readonly string[] | null
  readonly scopes: readonly string[] | null
  readonly users: number | null
  readonly tokens: number | null
  /** Refresh tokens by username; null: unknown. */
  readonly held: Readonly<Record<string, number>> | null
  readonly lastUsed: number | null
  readonly clients: readonly RtrClient[]
  /** What to bear in mind about what is shown. */
  readonly notes: readonly string[]
}

export interface Inventory {
  readonly org: Snapshot['org']
  readonly takenAt: number
  /** Of the login history; null: it could not be read. */
  readonly days: number | null
  readonly apps: readonly RtrApp[]
  /** What hides whole apps, or clients of any of them. */
  readonly blind: readonly string[]
}
const valueOf = <T>(fact: Fact<T>): T | null => (fact.is === 'known' ? fact.value : null)

/** Less than this is no look at who uses an app: many jobs run once a month. */
const fewestDays = 30

const issues = (app: AppFact, tokens: readonly TokenFact[]): RtrApp['issues'] | 'no' => {
  const [scopes, flows] = [valueOf(app.scopes), valueOf(app.flows)]
  if (tokens.length > 0) return 'yes'
  if (app.oauth.is === 'known' && !app.oauth.value) return 'no'
  if ((scopes !== null && !hasRefreshScope(scopes)) || (flows !== null && !hasInteractiveFlow(flows))) return 'no'
  return scopes !== null && flows !== null ? 'yes' : 'unknown'
}
const heldBy = (tokens: readonly TokenFact[]): Readonly<Record<string, number>> => {
  const held = new Map<string, number>()
  for (const { user } of tokens) held.set(user, (held.get(user) ?? 0) + 1)
  return Object.fromEntries(held)
}
export const inventory = ({ facts, org, takenAt }: Snapshot, seen: Seen): Inventory => {
  const { apps, tokens, logins, users } = facts
  const index = indexOf(facts)
  const counted = tokens.is === 'known' && tokens.value.complete
  const people = new Map((users.is === 'known' ? users.value : []).map((one) => [one.username, one]))
  const blind = [
    ...(apps.is === 'unknown' ? [`apps: ${apps.text}`] : []),
    ...(tokens.is === 'unknown'
      ? [`tokens: ${tokens.text}`]
      : tokens.value.complete
        ? []
        : [`tokens: the inventory is inconclusive: ${tokens.value.why}`]),
    ...(logins.is === 'unknown'
      ? [`logins: ${logins.text}`]
      : logins.value.days < fewestDays
        ? [`logins: ${logins.value.days} days were looked at; a job that runs once a month needs ${fewestDays}`]
        : []),
  ]
  const appList = apps.is === 'known' ? apps.value : []
  const folded = logins.is === 'known' && (logins.value.addresses === 'all' || logins.value.addresses === 'gone')
  const shown = appList.flatMap((app): readonly RtrApp[] => {
    const mine = tokensOf(app, index)
    const does = issues(app, mine)
    if (does === 'no') return []
    const twins = appList.filter((other) => other !== app && (named(app, other.name) || named(app, other.label)))
    const used = mine.flatMap(({ lastUsed }) => lastUsed ?? [])
    return [
      {
        subject: appSubject(app),
        kind: app.kind,
        id: app.id,
        name: app.name,
        label: app.label,
        namespace: app.namespace,
        names: [...new Set([...namesOf(app), ...mine.map((token) => token.app)])],
        origin: valueOf(app.origin),
        issues: does,
        rotation: valueOf(app.rotation),
        blocked: valueOf(app.blocked),
        flows: valueOf(app.flows),
        scopes: valueOf(app.scopes),
        users: counted ? new Set(mine.map(({ user }) => user)).size : null,
        tokens: counted ? mine.length : null,
        held: counted ? heldBy(mine) : null,
        lastUsed: used.length === 0 ? null : Math.max(...used),
        clients: clientsOf(app, mine, { index, counted }, seen, people),
        notes: [
          ...(twins.length === 0
            ? []
            : [
                `${twins.length === 1 ? 'another app goes' : `${twins.length} other apps go`} by this name: logins of either are shown for both`,
              ]),
          ...(folded
            ? ['there were too many logins to keep every address: hosts that share a token are not seen']
            : []),
        ],
      },
    ]
  })
  return {
    org,
    takenAt,
    days: logins.is === 'known' ? logins.value.days : null,
    apps: shown,
    blind,
  }
}
