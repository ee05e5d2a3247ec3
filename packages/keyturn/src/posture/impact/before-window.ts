/**
 * Who may have come before the days whose logins were read: jobs of every quarter and year. A token shows them however old
 * it is; who comes without one (JWT bearer, client credentials, a password) only the login history does, and of users
 * their last login.
 */
import { refreshScopes } from '../controls/refresh-tokens.ts'
import type { AppFact, Flow, UserFact } from '../facts.ts'
import type { Restriction } from './restriction.ts'
import type { Seen } from './seen.ts'

const day = 86_400_000
/** What Salesforce keeps of the login history; nobody can read more. */
const keptDays = 180
/** A job of every year, and a month late. */
const yearly = 400 * day

/** By a code that is traded: there is a token afterwards where the app has the scope for one. */
const byCode: readonly (Flow | 'oauth-password')[] = ['web-server', 'user-agent', 'device', 'code-credential']
const withoutToken: readonly Flow[] = ['jwt-bearer', 'client-credentials', 'token-exchange']

const hasRefreshScope = ({ scopes }: AppFact): boolean =>
  scopes.is === 'known' && scopes.value.some((scope) => scope === 'Full' || refreshScopes.includes(scope))

/** Connected apps take a user name and a password too, as long as the org does. */
const alwaysLeavesToken = (app: AppFact): boolean =>
  app.kind === 'external' &&
  hasRefreshScope(app) &&
  app.flows.is === 'known' &&
  !app.flows.value.some((flow) => withoutToken.includes(flow))

/** Null: the restriction is about no app, or about its tokens alone. */
const leavesToken = (restriction: Restriction, app: AppFact): boolean | null => {
  switch (restriction.is) {
    case 'pkce':
    case 'callbacks':
    case 'token-addresses':
      return hasRefreshScope(app)
    case 'secret-required':
      return restriction.at === 'refresh' || (restriction.at === 'web-server' && hasRefreshScope(app))
    case 'flow-off':
      return byCode.includes(restriction.flow) && hasRefreshScope(app)
    case 'permitted-users':
    case 'blocked-app':
    case 'app-addresses':
    case 'scopes':
      return alwaysLeavesToken(app)
    default:
      return null
  }
}

const ofApp = (restriction: Restriction, name: string, days: number, seen: Seen): readonly string[] => {
  const silent = seen.apps.named(name).filter((app) => leavesToken(restriction, app) === false)
  return days >= keptDays || silent.length === 0
    ? []
    : [`logins of more than ${days} days ago, and not every login of the app leaves a token: read ${keptDays} days`]
}

/** A user who comes every day by a token may come once a quarter by a password. */
const isOfPasswords = (restriction: Restriction): boolean =>
  ['passwords-expire', 'soap-login-off', 'lockout'].includes(restriction.is) ||
  (restriction.is === 'flow-off' && restriction.flow === 'oauth-password') ||
  (restriction.is === 'my-domain-only' && restriction.whom === 'programs')

/** Whose logins it is about; null: it is about none. */
const meant = (restriction: Restriction): ((user: UserFact) => boolean) | null => {
  switch (restriction.is) {
    case 'permission-removed':
    case 'users-off': {
      const users = new Set(restriction.users.map((name) => name.toLowerCase()))
      return ({ username }) => users.has(username.toLowerCase())
    }
    case 'login-addresses':
    case 'login-hours':
      return ({ profile, profileId }) =>
        restriction.profile === null || [profile, profileId].includes(restriction.profile)
    case 'soap-login-off':
    case 'mfa': {
      const users = restriction.users === null ? null : new Set(restriction.users.map((name) => name.toLowerCase()))
      const isAsked = ({ username }: UserFact): boolean => users === null || users.has(username.toLowerCase())
      return restriction.is === 'mfa'
        ? (user) =>
            isAsked(user) &&
            user.nature.is !== 'machine' &&
            !(user.mfaMethods.is === 'known' && user.mfaMethods.value.length > 0)
        : (user) => isAsked(user) && user.nature.is !== 'person'
    }
    case 'passwords-expire':
    case 'lockout':
      return (user) =>
        user.nature.is !== 'person' && (restriction.profile === null || user.profile === restriction.profile)
    case 'my-domain-only':
      return ({ nature }) => nature.is !== (restriction.whom === 'people' ? 'machine' : 'person')
    case 'api-access-control':
    case 'flow-off':
    case 'session-address':
      return ({ nature }) => nature.is !== 'person'
    default:
      return null
  }
}

const ofUsers = (restriction: Restriction, days: number, seen: Seen): readonly string[] => {
  const { facts, evidence } = seen
  const isMeant = meant(restriction)
  if (isMeant === null || facts.users.is === 'unknown') return []
  const [from, to] = [evidence.takenAt - yearly, evidence.takenAt - days * day]
  return facts.users.value.flatMap((user) =>
    user.active &&
    !(user.frozen.is === 'known' && user.frozen.value) &&
    user.lastLogin !== null &&
    user.lastLogin >= from &&
    user.lastLogin < to &&
    isMeant(user)
      ? [user.username]
      : [],
  )
}

interface BeforeWindow {
  /** In a sentence each. */
  readonly texts: readonly string[]
  /** Who last logged in before, and by what nobody can tell. */
  readonly users: readonly string[]
}

export const beforeWindow = (restriction: Restriction, seen: Seen): BeforeWindow => {
  const { logins } = seen.facts
  // That they were not read at all is said anyway.
  if (logins.is === 'unknown') return { texts: [], users: [] }
  const { days } = logins.value
  if ('app' in restriction && restriction.app !== null)
    return { texts: ofApp(restriction, restriction.app, days, seen), users: [] }
  const texts =
    isOfPasswords(restriction) && days < keptDays
      ? [`programs that last logged in by a password more than ${days} days ago: read ${keptDays} days`]
      : []
  return { texts, users: ofUsers(restriction, days, seen) }
}
