/**
 * Which rows of LoginHistory are not ours. Each exchange in the ledger takes one row near its time, rather one from an
 * address of ours; what is left of the same app and user was made by somebody else. Pure.
 *
 * Whether an exchange leaves a row at all is documented (OauthRefreshToken is among the values of LoginSubType) and has
 * been doubted by others, so the rows of our own exchanges are the measure: only where those are there does the absence
 * of foreign ones mean anything.
 */
import type { DeathFacts, Entry } from './death-facts.ts'
import type { Approval, LoginRow } from './org-records.ts'
import type { TokenStory } from './token-story.ts'

/** Between Salesforce's clock and the store's, and for the way there. */
const tolerance = 120_000

export interface LoginReading {
  /** Rows of our own exchanges were found and none is missing since, so that what is not there did not happen. */
  readonly measured: boolean
  /** Under which name the app stands there; null: not known. */
  readonly app: string | null
  /** Exchanges of this user and app (of any app, where its name is not known) that nobody here made, oldest first. */
  readonly foreign: readonly LoginRow[]
  /** Tokens that were refused, and that nobody here sent. */
  readonly foreignRefused: readonly LoginRow[]
  /** Our own attempts of unknown outcome that Salesforce did answer. */
  readonly answered: readonly { readonly entry: Entry; readonly row: LoginRow }[]
  /** Our own attempts of unknown outcome that left no row although others did. */
  readonly unheard: readonly Entry[]
  /** Where our own exchanges came from. */
  readonly ownAddresses: ReadonlySet<string>
  /** Approvals of this app by this user: sign-ins that gave a refresh token. */
  readonly approvals: readonly LoginRow[]
  /**
   * Approvals that stand and are another program’s: with a refresh token of its own it leaves rows like a thief’s. Null:
   * nobody could look, or the app’s name is not known.
   */
  readonly others: readonly Approval[] | null
}

const isRefresh = ({ subType }: LoginRow): boolean => /refresh/i.test(subType)
const worked = ({ status }: LoginRow): boolean => /^success$/i.test(status)

const near = (entry: Entry, rows: readonly LoginRow[]): readonly LoginRow[] =>
  rows.filter((row) => Math.abs(row.at - entry.at) <= tolerance)

/** Where our exchanges surely came from: those that could have left one row only. */
const addressesOf = (entries: readonly Entry[], rows: readonly LoginRow[]): ReadonlySet<string> =>
  new Set(
    entries.flatMap((entry) => {
      const [only, ...others] = near(entry, rows)
      return only === undefined || others.length > 0 ? [] : [only.sourceIp]
    }),
  )

/** Takes rows out of `left`: those from our own addresses first, of these the nearest. */
const match = (entries: readonly Entry[], left: LoginRow[], home: ReadonlySet<string>): Map<Entry, LoginRow> => {
  const found = new Map<Entry, LoginRow>()
  for (const entry of entries) {
    const [best] = near(entry, left).toSorted(
      (one, other) =>
        Number(home.has(other.sourceIp)) - Number(home.has(one.sourceIp)) ||
        Math.abs(one.at - entry.at) - Math.abs(other.at - entry.at),
    )
    if (best === undefined) continue
    left.splice(left.indexOf(best), 1)
    found.set(entry, best)
  }
  return found
}

/**
 * A row may be made anew at each exchange: one from when we exchanged is ours, one from when a stranger did may be what
 * he made of ours. And one that is older than a token that was handed to us may be the one it came from.
 */
const othersOf = (
  approvals: readonly Approval[],
  { ours, foreign, approved }: { ours: readonly Entry[]; foreign: readonly LoginRow[]; approved: Entry | null },
): readonly Approval[] => {
  const since = approved?.kind === 'enrolled' ? 0 : (approved?.at ?? Infinity)
  return approvals.filter(
    ({ createdAt }) =>
      createdAt > since && [...ours, ...foreign].every(({ at }) => Math.abs(at - createdAt) > tolerance),
  )
}

export const readLogins = (facts: DeathFacts, { lastGood, diedAt, approved }: TokenStory): LoginReading => {
  const rows = (facts.org?.logins ?? []).toSorted((a, b) => a.at - b.at)
  const ours: readonly Entry[] = [...facts.story, ...facts.family]
  const good = rows.filter((row) => isRefresh(row) && worked(row))
  const bad = rows.filter((row) => isRefresh(row) && /invalid token/i.test(row.status))
  const exchanged = ours.filter(({ kind }) => kind === 'exchanged')
  const sure = addressesOf(exchanged, good)
  const own = match(exchanged, good, sure)
  const home = new Set([...sure, ...[...own.values()].map(({ sourceIp }) => sourceIp)])
  // The app's name is the one under which our own exchanges stand.
  const app = [...own.values()][0]?.application ?? null
  const ofApp = (row: LoginRow): boolean => app === null || row.application === app
  const unknown = ours.filter(({ kind }) => kind === 'in-doubt')
  const answered = match(unknown, good, home)
  match(
    ours.filter(({ kind }) => kind === 'refused'),
    bad,
    home,
  )
  match(unknown, bad, home)
  const inTime = (row: LoginRow): boolean => row.at > lastGood - tolerance && row.at <= diedAt + tolerance
  const complete = (facts.org?.loginsSince ?? Infinity) <= lastGood
  const foreign = good.filter((row) => ofApp(row) && inTime(row))
  const standing = facts.org?.approvals?.filter((one) => one.app === app)
  return {
    measured: own.size > 0 && complete,
    app,
    foreign,
    foreignRefused: bad.filter((row) => ofApp(row) && inTime(row)),
    answered: [...answered].map(([entry, row]) => ({ entry, row })),
    unheard: own.size > 0 && complete ? unknown.filter((entry) => !answered.has(entry)) : [],
    ownAddresses: home,
    approvals: rows.filter(
      (row) => /WebServer|UserAgent|Device|TokenExchange/i.test(row.subType) && worked(row) && ofApp(row),
    ),
    others: app === null || standing === undefined ? null : othersOf(standing, { ours, foreign, approved }),
  }
}
