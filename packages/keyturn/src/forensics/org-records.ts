/**
 * What the org itself says about a user's sign-ins and about changes of its setup. Read with another living token of the
 * same org, as far as that token's user may see it; what can't be read makes a verdict less sure and is never an error.
 *
 * Filters are only those the object reference allows: LoginHistory.Status and Application and SetupAuditTrail.Display
 * can't be filtered, so they are looked at here.
 */

export interface LoginRow {
  readonly at: number
  readonly subType: string
  readonly status: string
  readonly application: string
  readonly sourceIp: string
}

export interface AuditRow {
  readonly at: number
  readonly action: string
  readonly section: string
  readonly display: string
  readonly by: string
}

export interface OrgUser {
  readonly username: string
  readonly name: string
  readonly active: boolean
  /** Null: may not be seen. */
  readonly frozen: boolean | null
}

/** One approval that stands: an OauthToken row. */
export interface Approval {
  readonly app: string
  readonly createdAt: number
}

export interface OrgRecords {
  /** Null: could not be read. */
  readonly logins: readonly LoginRow[] | null
  /** From when on those rows are complete: a busy user has more than one page of them. */
  readonly loginsSince: number
  readonly audit: readonly AuditRow[] | null
  readonly user: OrgUser | null
  /** Null: could not be read, or not whole. */
  readonly approvals: readonly Approval[] | null
  /** What could not be read, and why. */
  readonly problems: readonly string[]
}

/** What is known of an org that told nothing. */
export const nothing: OrgRecords = {
  logins: null,
  loginsSince: Number.MAX_SAFE_INTEGER,
  audit: null,
  user: null,
  approvals: null,
  problems: [],
}

interface AskedUser {
  readonly userId: string
  /** Epoch milliseconds. */
  readonly since: number
}

export type OrgReader = (about: AskedUser) => Promise<OrgRecords>

/** GET of a path of the org; the caller brings the token. */
type OrgGet = (path: string) => Promise<Response>

const version = 'v62.0'
const most = 2000

type Row = Readonly<Record<string, unknown>>

const text = (row: Row, name: string): string => {
  const value = row[name]
  return typeof value === 'string' ? value.slice(0, 1000) : ''
}

const moment = (row: Row, name: string): number => {
  const at = Date.parse(text(row, name))
  return Number.isNaN(at) ? 0 : at
}

const rowsOf = (body: unknown): readonly Row[] => {
  const records = typeof body === 'object' && body !== null ? (body as Row)['records'] : undefined
  return Array.isArray(records) ? records.filter((row): row is Row => typeof row === 'object' && row !== null) : []
}

export const orgReader =
  (get: OrgGet): OrgReader =>
  async ({ userId, since }) => {
    const problems: string[] = []
    const query = async <T>(what: string, soql: string, of: (row: Row) => T): Promise<readonly T[] | null> => {
      try {
        const answer = await get(`/services/data/${version}/query?q=${encodeURIComponent(soql)}`)
        if (answer.status === 200) return rowsOf(await answer.json()).map(of)
        problems.push(`${what}: HTTP ${answer.status}`)
      } catch (error) {
        problems.push(`${what}: ${error instanceof Error && 'code' in error ? String(error.code) : 'no answer'}`)
      }
      return null
    }
    // Nothing but an id goes into a query.
    if (!/^005[A-Za-z0-9]{12}([A-Za-z0-9]{3})?$/.test(userId))
      return { ...nothing, problems: ['the user’s id is not known'] }
    const from = new Date(since).toISOString()
    const [logins, audit, users, frozen, approvals, permitted] = await Promise.all([
      query(
        'LoginHistory',
        `SELECT LoginTime, LoginSubType, Status, Application, SourceIp FROM LoginHistory WHERE UserId = '${userId}' AND LoginTime >= ${from} ORDER BY LoginTime DESC LIMIT ${most}`,
        (row): LoginRow => ({
          at: moment(row, 'LoginTime'),
          subType: text(row, 'LoginSubType'),
          status: text(row, 'Status'),
          application: text(row, 'Application'),
          sourceIp: text(row, 'SourceIp'),
        }),
      ),
      query(
        'SetupAuditTrail',
        `SELECT CreatedDate, Action, Section, Display, CreatedBy.Username FROM SetupAuditTrail WHERE CreatedDate >= ${from} ORDER BY CreatedDate DESC LIMIT ${most}`,
        (row): AuditRow => ({
          at: moment(row, 'CreatedDate'),
          action: text(row, 'Action'),
          section: text(row, 'Section'),
          display: text(row, 'Display'),
          by: text((row['CreatedBy'] as Row | null | undefined) ?? {}, 'Username'),
        }),
      ),
      query('User', `SELECT Username, Name, IsActive FROM User WHERE Id = '${userId}'`, (row) => ({
        username: text(row, 'Username'),
        name: text(row, 'Name'),
        active: row['IsActive'] === true,
      })),
      query(
        'UserLogin',
        `SELECT IsFrozen FROM UserLogin WHERE UserId = '${userId}'`,
        (row) => row['IsFrozen'] === true,
      ),
      query(
        'OauthToken',
        `SELECT AppName, CreatedDate FROM OauthToken WHERE UserId = '${userId}'`,
        (row): Approval => ({ app: text(row, 'AppName'), createdAt: moment(row, 'CreatedDate') }),
      ),
      // Whoever lacks it is answered with his own tokens only, and with no error (Object Reference, OauthToken).
      query(
        'UserPermissionAccess',
        'SELECT PermissionsCustomizeApplication FROM UserPermissionAccess LIMIT 1',
        (row) => row['PermissionsCustomizeApplication'] === true,
      ),
    ])
    const allTokens = permitted?.[0] === true
    if (approvals !== null && !allTokens) problems.push('OauthToken: only with Customize Application')
    const [user] = users ?? []
    const oldest = logins?.at(-1)?.at ?? since
    return {
      logins,
      loginsSince: (logins?.length ?? 0) < most ? since : oldest,
      audit,
      user: user === undefined ? null : { ...user, frozen: frozen?.[0] ?? null },
      approvals: allTokens ? approvals : null,
      problems,
    }
  }
