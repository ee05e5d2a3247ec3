/** Collects what `judgeDeath` judges: the ledger of the grant and of its family, the broker's callers, and the org. */
import { KeyturnError } from '@keyturn/tokens'
import type { Store } from '@keyturn/tokens'
import type { LedgerEntry } from '@keyturn/tokens/ledger'
import type { DeathFacts, Entry } from './death-facts.ts'
import { nothing } from './org-records.ts'
import type { OrgReader } from './org-records.ts'

const page = 1000
/** A ledger grows without end; what happened before so many entries explains no death of today. */
const most = 200_000

type StoredGrant = NonNullable<Awaited<ReturnType<Store['grant']>>>

const entryOf = ({ seq, at, kind, by, data }: LedgerEntry): Entry => ({ seq, at, kind, by, data })

/** Backwards from the head, until `enough`. Oldest first. */
const readBack = async (store: Store, enough: (page: readonly LedgerEntry[]) => boolean) => {
  const entries: LedgerEntry[] = []
  for (let end = (await store.mark()).seq; end > 0 && entries.length < most; end -= page) {
    const start = Math.max(1, end - page + 1)
    const found = await store.ledger(start, end - start + 1)
    entries.unshift(...found)
    if (start === 1 || enough(found)) return { entries, whole: true }
  }
  return { entries, whole: false }
}

const isApproval = ({ kind }: LedgerEntry): boolean => kind === 'added' || kind === 'enrolled' || kind === 'revived'

const same = (a: string | undefined, b: string | undefined): boolean =>
  a !== undefined && b !== undefined && a.slice(0, 15) === b.slice(0, 15)

/** Other grants of the same org, user and app, removed ones too: their approvals and replays reach this one. */
const familyOf = async (store: Store, grant: StoredGrant): Promise<ReadonlyMap<string, string>> => {
  const all = await store.grants({ removed: true, altered: () => undefined })
  return new Map(
    all
      .filter(
        ({ id, identity, settings }) =>
          id !== grant.id &&
          settings.clientId === grant.settings.clientId &&
          settings.flow === 'refresh_token' &&
          same(identity?.orgId, grant.identity?.orgId) &&
          same(identity?.userId, grant.identity?.userId),
      )
      .map(({ id, name }) => [id, name]),
  )
}

interface CallerParts {
  readonly name?: unknown
  readonly grants?: unknown
  readonly takeOver?: { readonly grant?: unknown; readonly until?: unknown } | null
}

/** The broker's callers that may use this grant. Records of another part: read as far as they are understood. */
const callersOf = async (store: Store, grant: string) => {
  const records = await store.records.list('caller', '', () => undefined)
  const callers = records.map(({ id, doc }) => ({ id, doc: doc as unknown as CallerParts }))
  const ids = new Set(
    callers.flatMap(({ id, doc }) => (Array.isArray(doc.grants) && doc.grants.includes(grant) ? [id] : [])),
  )
  const takeOvers = callers.flatMap(({ doc: { name, takeOver } }) =>
    takeOver?.grant === grant && typeof takeOver.until === 'number'
      ? [{ caller: String(name), until: takeOver.until }]
      : [],
  )
  return { ids, takeOvers }
}

const day = 86_400_000

const ask = async (reader: OrgReader | null, grant: StoredGrant, story: readonly Entry[], now: number) => {
  if (reader === null || grant.identity === null) return null
  const first = story[0]?.at ?? now - 30 * day
  try {
    return await reader({ userId: grant.identity.userId, since: Math.max(first - day, now - 179 * day) })
  } catch (error) {
    const code = error instanceof KeyturnError ? error.code : 'no answer'
    return { ...nothing, problems: [code] }
  }
}

/** Throws GRANT_NOT_FOUND and what the store throws; never because of the org. */
export const gatherDeathFacts = async (
  store: Store,
  name: string,
  reader: OrgReader | null = null,
): Promise<DeathFacts> => {
  const grant = await store.grant(name)
  if (grant === null) throw new KeyturnError('GRANT_NOT_FOUND', `There is no grant ${name}`, { data: { grant: name } })
  const isMine = (entry: LedgerEntry): boolean => entry.grant === grant.id
  const [{ entries, whole }, family, callers, now] = await Promise.all([
    readBack(store, (found) => found.some((entry) => isMine(entry) && isApproval(entry))),
    familyOf(store, grant),
    callersOf(store, name),
    store.now(),
  ])
  const approved = entries.findLast((entry) => isMine(entry) && isApproval(entry))
  const since = entries.filter(({ seq }) => seq >= (approved?.seq ?? 0))
  const story = since.filter(isMine).map(entryOf)
  const { state, settings } = grant
  return {
    grant: name,
    status: state.status,
    hasRefreshToken: state.lineage !== null,
    lineage: state.lineage,
    why: state.why,
    story,
    family: since.flatMap((entry) => {
      const sibling = entry.grant === null ? undefined : family.get(entry.grant)
      return sibling === undefined ? [] : [{ ...entryOf(entry), grant: sibling }]
    }),
    oldTokens: since
      .filter(({ kind, data }) => kind === 'old-token-used' && callers.ids.has(String(data['caller'])))
      .map(entryOf),
    takeOvers: callers.takeOvers,
    copies: since.filter(({ kind }) => kind === 'backed-up').map(entryOf),
    companion: settings.references['companion'] ?? null,
    whole,
    org: await ask(reader, grant, story, now),
  }
}
