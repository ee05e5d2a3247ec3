/**
 * What an org shows of one app since rotation was switched on: logins and refreshes by its name, and how many refresh
 * tokens each user still has. Two calls a look; Application, Browser and Status can't be filtered by the org, so the rows
 * of everybody come and are sorted out here.
 */
import type { OrgConnection, Row } from '../../org/connection.ts'
import { soqlText } from '../../org/org-user.ts'
import { namesOf } from '../app-names.ts'
import type { AppFact } from '../facts.ts'
import { programOf } from './client-id.ts'

export interface Sighting {
  readonly at: number
  /** The app's name, as the org wrote it. */
  readonly application: string
  /** By username. */
  readonly user: string
  readonly program: string
  readonly address: string
  readonly way: string
  readonly worked: boolean
  readonly status: string
}

export interface Look {
  readonly at: number
  /** Null: could not be read. */
  readonly sightings: readonly Sighting[] | null
  /** Refresh tokens by username; null: could not be read, or there are more than the org hands out. */
  readonly tokens: Readonly<Record<string, number>> | null
}

interface Watched {
  /** Names under which the app stands in the login history and among the tokens; of several apps, those of all. */
  readonly names: readonly string[]
  /** From here on; a while before the switch, so that who was dead already is known. */
  readonly since: number
  /** Others see their own rows only, without a word about it: what an audit found this user to see. */
  readonly seesLogins: boolean
  /** Whose tokens are counted; null: they are not to be, or this user would count its own only. */
  readonly tokensOf: Pick<AppFact, 'id' | 'name' | 'label' | 'namespace'> | null
}

/** What the platform hands out of tokens in one query. */
const mostTokens = 2500
/** A look goes back this far at most; a watch of days reads what it saw already from its own memory. */
const overlap = 5 * 60_000

const text = (row: Row, name: string): string => {
  const value = row[name]
  return typeof value === 'string' ? value : ''
}

const short = (id: string): string => id.slice(0, 15)

const seconds = (at: number): string => new Date(Math.floor(at / 1000) * 1000).toISOString().replace(/\.\d+Z$/, 'Z')

const readLogins = async (
  org: OrgConnection,
  { names }: Watched,
  from: number,
  usernames: Map<string, string>,
): Promise<ReadonlyMap<string, Sighting>> => {
  const rows = await org.query(
    'SELECT Id, UserId, LoginTime, LoginType, LoginSubType, SourceIp, Status, Application, Browser FROM LoginHistory ' +
      `WHERE LoginTime >= ${seconds(from)} ORDER BY LoginTime`,
  )
  const mine = rows.filter((row) => names.includes(text(row, 'Application')))
  const strangers = [...new Set(mine.map((row) => text(row, 'UserId')))].filter((id) => id !== '' && !usernames.has(id))
  for (let at = 0; at < strangers.length; at += 200) {
    const ids = strangers.slice(at, at + 200).map(soqlText)
    for (const row of await org.query(`SELECT Id, Username FROM User WHERE Id IN (${ids.join(', ')})`))
      usernames.set(text(row, 'Id'), text(row, 'Username'))
  }
  return new Map(
    mine.map((row) => {
      const [client, subType, userId] = [text(row, 'Browser'), text(row, 'LoginSubType'), text(row, 'UserId')]
      const status = text(row, 'Status')
      return [
        text(row, 'Id'),
        {
          at: Date.parse(text(row, 'LoginTime')),
          application: text(row, 'Application'),
          user: usernames.get(userId) ?? userId,
          program: client === '' || client === 'Unknown' || client === 'N/A' ? 'unnamed' : programOf(client),
          address: text(row, 'SourceIp'),
          way: subType === '' ? text(row, 'LoginType') : subType,
          worked: /^success$/i.test(status),
          status,
        },
      ]
    }),
  )
}

const inside = (row: Row, name: string): Row => {
  const value = row[name]
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Row) : {}
}

/** As the inventory counts them (`use-index.ts`): a namesake's new token must not make up for one that died. */
const readTokens = async (
  org: OrgConnection,
  { names }: Watched,
  app: NonNullable<Watched['tokensOf']>,
): Promise<Look['tokens']> => {
  const list = names.map(soqlText).join(', ')
  const rows = await org.query(
    `SELECT AppName, AppMenuItem.ApplicationId, User.Username, UserId FROM OauthToken WHERE AppName IN (${list})`,
  )
  if (rows.length >= mostTokens) return null
  const held: Record<string, number> = {}
  for (const row of rows) {
    const link = text(inside(row, 'AppMenuItem'), 'ApplicationId')
    const isItsOwn = link === '' ? namesOf(app).includes(text(row, 'AppName')) : short(link) === short(app.id ?? '')
    if (!isItsOwn) continue
    const name = text(inside(row, 'User'), 'Username')
    const key = name === '' ? text(row, 'UserId') : name
    held[key] = (held[key] ?? 0) + 1
  }
  return held
}

/** Looks again and again at what is new; remembers what it saw. */
export const looker = (org: OrgConnection, watched: Watched): ((now: number) => Promise<Look>) => {
  const usernames = new Map<string, string>()
  const seen = new Map<string, Sighting>()
  let from = watched.since
  return async (now) => {
    const { seesLogins, tokensOf } = watched
    const found = seesLogins ? await readLogins(org, watched, from, usernames) : null
    for (const [id, one] of found ?? []) if (one.at >= Math.floor(watched.since / 1000) * 1000) seen.set(id, one)
    from = Math.max(watched.since, now - overlap)
    return {
      at: now,
      sightings: found === null ? null : [...seen.values()].sort((a, b) => a.at - b.at),
      tokens: tokensOf === null ? null : await readTokens(org, watched, tokensOf),
    }
  }
}
