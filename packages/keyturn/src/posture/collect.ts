/**
 * Collects the facts of an org: the chosen families, each once and side by side, through one pace. What the org refuses
 * becomes an unknown fact; only a grant that can't sign in, or an org that is not there at all, ends the collection.
 */
import type { Clock } from '@keyturn/tokens'
import type { OrgConnection } from '../org/connection.ts'
import { keepHeapSmall } from '../small-heap.ts'
import type { Collecting } from './collector.ts'
import { createAsker } from './collectors/asker.ts'
import { attempt } from './collectors/attempt.ts'
import { OddAnswer, flag, maybeText, text } from './collectors/cells.ts'
import { ownPermissions } from './collectors/own-permissions.ts'
import type { AuditPermission } from './collectors/own-permissions.ts'
import { createPace, defaultPace } from './collectors/pace.ts'
import type { PaceLimits } from './collectors/pace.ts'
import { collectors } from './collectors/registry.ts'
import { createSources } from './collectors/sources.ts'
import { unknown } from './fact.ts'
import type { Fact } from './fact.ts'
import type { Facts, Family } from './facts.ts'
import { familyWords } from './family-words.ts'
import { noFacts } from './no-facts.ts'
import { snapshotFormat } from './snapshot.ts'
import type { Snapshot } from './snapshot.ts'

export interface CollectOptions {
  readonly org: OrgConnection
  readonly families: readonly Family[]
  readonly clock: Clock
  readonly tell?: (text: string) => void
  /** Of logins, deployments and the audit trail. Default 90. */
  readonly days?: number
  /** Paths of settings that controls ask for; what isn't in the org is then known to be absent. */
  readonly settings?: readonly string[]
  readonly pace?: Partial<PaceLimits>
  /** What an org can't tell: repositories, Keyturn's own store. */
  readonly elsewhere?: {
    readonly repository?: () => Promise<Facts['repository']>
    readonly keyturn?: () => Promise<Facts['keyturn']>
  }
}

const notChosen = unknown('not-collected', 'this was not chosen')

export const collect = async (options: CollectOptions): Promise<Snapshot> => {
  keepHeapSmall()
  const { org, families, clock, tell = () => undefined, days = 90, settings = [], elsewhere = {} } = options
  const now = clock.wall()
  const started = clock.boot()
  const pace = createPace(clock, { ...defaultPace, ...options.pace }, tell)
  const ask = createAsker(org, pace)
  const auditor = await pace.run('who am I', () => org.whoAmI())
  const nobody: ReadonlySet<AuditPermission> = new Set()
  // Whoever can't ask what it may do is taken for somebody who may do nothing: never the other way round.
  const permissions = await attempt({ what: 'own permissions', anyOf: [] }, nobody, () => ownPermissions(ask))
  const own = permissions.is === 'known' ? permissions.value : nobody
  const sources = createSources({ ask, own, now })
  const running = new Map<Family, Promise<Facts[Family]>>()
  const chosen = new Set(families)

  const family = <F extends Family>(name: F): Promise<Facts[F]> => {
    const under = running.get(name) as Promise<Facts[F]> | undefined
    if (under !== undefined) return under
    const collector = collectors[name]
    const outside = (elsewhere as Partial<Record<Family, () => Promise<Facts[Family]>>>)[name]
    const made = (
      !chosen.has(name)
        ? Promise.resolve(name === 'settings' ? {} : notChosen)
        : outside !== undefined
          ? outside()
          : collector === undefined
            ? Promise.resolve(noFacts[name])
            : collector(collecting)
    ) as Promise<Facts[F]>
    running.set(name, made)
    if (chosen.has(name))
      void made.then(
        () => tell(`read: ${familyWords[name]}`),
        () => undefined,
      )
    return made
  }
  const collecting: Collecting = { ask, own, sources, other: family, clock, tell, days, now, settings }

  const [about, ...parts] = await Promise.all([
    aboutOrg(org, ask, own),
    ...[...chosen].map(async (name) => [name, await family(name)] as const),
  ])
  const facts = { ...noFacts, ...Object.fromEntries(parts) } as Facts
  const { total, mostAtOnce } = pace.tally()
  return {
    format: snapshotFormat,
    takenAt: now,
    org: {
      id: auditor.orgId,
      name: about.is === 'known' ? about.value.name : auditor.orgId,
      sandbox: about.is === 'known' && about.value.sandbox,
      instanceUrl: about.is === 'known' ? about.value.instanceUrl : '',
      ...(about.is === 'known' && about.value.timeZone !== null ? { timeZone: about.value.timeZone } : {}),
    },
    auditor: { userId: auditor.userId, username: auditor.username },
    families: [...chosen],
    facts,
    calls: { total, mostAtOnce, ms: Math.round(clock.boot() - started) },
  }
}

interface OrgItself {
  readonly name: string
  readonly sandbox: boolean
  readonly instanceUrl: string
  readonly timeZone: string | null
}

const aboutOrg = (org: OrgConnection, ask: Collecting['ask'], own: Collecting['own']): Promise<Fact<OrgItself>> =>
  attempt({ what: 'the org itself', anyOf: [] }, own, async () => {
    const { instanceUrl } = await org.jsforce()
    const [one] = await ask.rows('SELECT Name, IsSandbox, TimeZoneSidKey FROM Organization LIMIT 1')
    if (one === undefined) throw new OddAnswer('an org without a record of itself')
    return {
      name: text(one, 'Name'),
      sandbox: flag(one, 'IsSandbox'),
      instanceUrl,
      timeZone: maybeText(one, 'TimeZoneSidKey'),
    }
  })
