/**
 * Why a grant is dead, for whoever wants to know: `keyturn grants show`, the doctor, and the broker when it happens. The
 * org is asked with another grant of this store that is alive there, within a time limit.
 */
import { KeyturnError } from '@keyturn/tokens'
import type { Clock, GrantView, Keyturn } from '@keyturn/tokens'
import { gatherDeathFacts } from './gather-death-facts.ts'
import { judgeDeath } from './judge-death.ts'
import { orgReader } from './org-records.ts'
import type { OrgReader } from './org-records.ts'
import type { DeathVerdict } from './verdict.ts'

/** Whose verdict is worth asking for. */
const isOver = ({ status }: GrantView): boolean =>
  status === 'dead' || status === 'reauthorization-required' || status === 'blocked'

const sameOrg = (a: GrantView, b: GrantView): boolean =>
  a.identity !== null && b.identity !== null && a.identity.orgId.slice(0, 15) === b.identity.orgId.slice(0, 15)

const works = (grant: GrantView): boolean =>
  (grant.status === 'live' &&
    (grant.access !== 'none' || grant.exchangedAt !== null || grant.flow !== 'refresh_token')) ||
  (grant.status === 'dead' && grant.access === 'alive')

/** Another user of the org sees more than the one whose token died, and is no part of the story. */
const askedWith = (grants: readonly GrantView[], about: GrantView): GrantView | null =>
  grants
    .filter((one) => works(one) && sameOrg(one, about))
    .toSorted(
      (a, b) =>
        Number(a.identity?.userId === about.identity?.userId) - Number(b.identity?.userId === about.identity?.userId),
    )[0] ?? null

/** Gives up what is not there when the signal comes, whatever it waits for. */
const orGivenUp = async <T>(work: Promise<T>, signal: AbortSignal): Promise<T> => {
  const { promise, reject } = Promise.withResolvers<never>()
  const abort = (): void => reject(new KeyturnError('EXCHANGE_TIMEOUT', 'the org did not answer in time'))
  if (signal.aborted) abort()
  signal.addEventListener('abort', abort, { once: true })
  try {
    return await Promise.race([work, promise])
  } finally {
    signal.removeEventListener('abort', abort)
    promise.catch(() => undefined)
  }
}

const readerFor = async (
  keyturn: Keyturn,
  about: GrantView,
  auditor: string | null,
  signal: AbortSignal,
): Promise<OrgReader | null> => {
  const named = auditor ?? askedWith(await keyturn.grants.list(), about)?.name ?? null
  return named === null ? null : orgReader((path) => orGivenUp(keyturn.fetch(named, path, { signal }), signal))
}

interface Examination {
  /** For the time limit. */
  readonly clock: Clock
  /** Ask the org, too, for at most so many ms; null: the ledger only. */
  readonly ask: number | null
  /** Name of the grant to ask with; left out: one that is alive in the same org. */
  readonly auditor?: string | null
}

/** Null: this grant is not over. Throws what the store throws; what the org does not tell makes it less sure. */
export const examineDeath = async (
  keyturn: Keyturn,
  name: string,
  { clock, ask, auditor = null }: Examination,
): Promise<DeathVerdict | null> => {
  const view = await keyturn.grants.show(name)
  if (!isOver(view)) return null
  if (ask === null) return judgeDeath(await gatherDeathFacts(keyturn.store, name))
  const [limit, done] = [new AbortController(), new AbortController()]
  void clock.sleep(ask, done.signal).then(() => limit.abort())
  try {
    const reader = await readerFor(keyturn, view, auditor, limit.signal)
    return judgeDeath(await gatherDeathFacts(keyturn.store, name, reader))
  } finally {
    done.abort()
  }
}

/** As `examineDeath`, and the ledger keeps the verdict: for the moment of the death, once. */
export const recordDeath = async (
  keyturn: Keyturn,
  name: string,
  examination: Examination,
): Promise<DeathVerdict | null> => {
  const verdict = await examineDeath(keyturn, name, examination)
  const grant = await keyturn.store.grant(name)
  if (verdict === null || grant === null) return verdict
  // Every replica hears of a death; one of them writes.
  const { state, id: grantId } = grant
  const id = `${grantId}/${state.lineage ?? ''}/${state.why?.at ?? 0}`
  const { verdict: kind, cause, certainty } = verdict
  const data = { verdict: kind, cause, certainty }
  try {
    await keyturn.store.records.put(
      { kind: 'death', id, doc: data, expect: null },
      { kind: 'death-judged', grant: grantId, data },
    )
  } catch (error) {
    if (!(error instanceof KeyturnError && error.code === 'CLAIM_LOST')) throw error
  }
  return verdict
}
