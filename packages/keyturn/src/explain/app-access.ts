/**
 * Why an app is let in or not, for one user: what the platform asks, in its order, answered from facts. The first thing
 * that says no is the cause; what could not be read is said and never taken for yes. Pure.
 */
import type { AppFact, Facts, UserFact } from '../posture/facts.ts'
import { address, apiAccessControl, permitted } from './access-checks.ts'
import { blocked, flows, installed, lifetime, oauth, scopes, seenFailures } from './app-checks.ts'
import { no, open, same } from './check.ts'
import type { Check } from './check.ts'
import { userStates } from './user-checks.ts'

export interface AppAccess {
  readonly app: string
  readonly user: string | null
  readonly verdict: 'blocked' | 'unknown' | 'nothing-found'
  readonly why: string
  readonly checks: readonly Check[]
}

export interface Asked {
  /** Its name, label, or consumer key’s app id. */
  readonly app: string
  /** By username; null: nobody in particular. */
  readonly user: string | null
  /** Where it would come from; null: unknown. */
  readonly address: string | null
}

/** What has to be collected; settings by path. */
export const accessFamilies = [
  'apps',
  'users',
  'profiles',
  'permissionNames',
  'permissionSets',
  'tokens',
  'logins',
  'settings',
] as const
export const accessSettings = [
  'ConnectedApp.enableAdminApprovedAppsOnly',
  'ConnectedApp.enableAdminApprovedAppsOnlyForExternalUser',
  'OauthOidc.blockOAuthUnPwFlow',
  'OauthOidc.blockOAuthUsrAgtFlow',
] as const

/** By name or label; of several with one label the local one first. */
export const findApp = (apps: readonly AppFact[], wanted: string): AppFact | null =>
  apps.find(({ name }) => same(name, wanted)) ??
  apps.find(({ label, id }) => same(label, wanted) || (id !== null && same(id, wanted))) ??
  null

export const appAccess = (asked: Asked, facts: Facts): AppAccess => {
  const app = facts.apps.is === 'known' ? findApp(facts.apps.value, asked.app) : null
  const user =
    asked.user !== null && facts.users.is === 'known'
      ? (facts.users.value.find(({ username }) => same(username, asked.user ?? '')) ?? null)
      : null
  const checks = checksOf(asked, app, user, facts)
  const first = checks.find(({ answer }) => answer === 'no')
  const unclear = checks.filter(({ answer }) => answer === 'unknown')
  return {
    app: asked.app,
    user: asked.user,
    verdict: first !== undefined ? 'blocked' : unclear.length > 0 ? 'unknown' : 'nothing-found',
    why:
      first !== undefined
        ? first.evidence
        : unclear.length > 0
          ? `Nothing that was read keeps it out; ${unclear.length} of ${checks.length} questions could not be answered.`
          : 'Nothing of this org’s configuration keeps it out. Then it is the credential itself: a wrong or replaced token, secret or key.',
    checks,
  }
}

const checksOf = (asked: Asked, app: AppFact | null, user: UserFact | null, facts: Facts): readonly Check[] => {
  const userChecks = asked.user === null ? [] : userStates(asked.user, user, facts)
  if (facts.apps.is === 'unknown') return [open('Is the app known here?', facts.apps.text), ...userChecks]
  if (app === null)
    return [
      no(
        'Is the app known here?',
        `No app of this name is in the org, and no token of one.`,
        'Look for its name in Setup › Connected Apps OAuth Usage and External Client App Manager. A new app is known after ten minutes; one of a package needs the package.',
      ),
      ...userChecks,
    ]
  return [
    installed(app, user, asked.user),
    oauth(app),
    blocked(app),
    ...userChecks,
    apiAccessControl(app, user, facts),
    permitted(app, user, asked.user, facts),
    address(app, user, asked.address, facts),
    scopes(app),
    flows(app, user, facts),
    lifetime(app),
    ...seenFailures(app, asked.user, facts),
  ]
}
