/** What the platform asks about the app itself, and what Login History saw of it. */
import type { AppFact, Facts, LoginUse, UserFact } from '../posture/facts.ts'
import { apart, ask, no, open, same, yes } from './check.ts'
import type { Check } from './check.ts'

export const installed = (app: AppFact, user: UserFact | null, username: string | null): Check => {
  const question = 'Is it installed, or made here?'
  return ask(question, app.origin, (origin) => {
    if (origin !== 'uninstalled') return yes(question, `It is ${origin === 'local' ? 'made here' : origin}.`)
    const evidence =
      'It is not installed; since September 2025 that keeps everybody out but users with “Approve Uninstalled Connected Apps”.'
    const next =
      'If it is wanted, an administrator installs it (Setup › Connected Apps OAuth Usage › Install) rather than give anybody the permission. If nobody knows it: Block, and look whose tokens there are.'
    if (username === null || user === null) return no(question, evidence, next)
    return ask(question, user.permissions, (held) =>
      held.includes('CanApproveUninstalledApps')
        ? yes(question, 'It is not installed, and the user may approve such apps (by all flows but the device flow).')
        : no(question, evidence, next),
    )
  })
}

export const oauth = (app: AppFact): Check => {
  const question = 'Has it OAuth settings?'
  return ask(question, app.oauth, (has) =>
    has
      ? yes(question, 'It has.')
      : no(question, 'It is an app for SAML or canvas only.', 'Enable OAuth settings in the app, or make another one.'),
  )
}

export const blocked = (app: AppFact): Check => {
  const question = 'Is it unblocked?'
  return ask(question, app.blocked, (is) =>
    is
      ? no(
          question,
          'An administrator blocked it.',
          'Ask why (Setup Audit Trail), then Setup › Connected Apps OAuth Usage › Unblock.',
        )
      : yes(question, 'Nobody blocked it.'),
  )
}

export const scopes = (app: AppFact): Check => {
  const question = 'Has it the scopes for APIs and refreshing?'
  return ask(question, app.scopes, (held) => {
    const api = held.some((scope) => same(scope, 'Full') || same(scope, 'Api'))
    const refresh = held.some((scope) => same(scope, 'RefreshToken') || same(scope, 'OfflineAccess'))
    if (!api)
      return no(
        question,
        `It has ${held.join(', ') || 'none'}: without Api every call is refused.`,
        'Add the scope in the app and authorise again.',
      )
    return refresh
      ? yes(question, held.join(', '))
      : yes(
          question,
          `${held.join(', ')}: no refresh token is issued, which is right for JWT bearer and client credentials.`,
        )
  })
}

export const flows = (app: AppFact, user: UserFact | null, facts: Facts): Check => {
  const question = 'Are its flows offered?'
  return ask(question, app.flows, (offered) => {
    const shown = offered.length === 0 ? 'no flow' : offered.join(', ')
    if (!offered.includes('client-credentials')) return yes(question, `It offers ${shown}.`)
    return ask(question, app.runsAs, (runsAs) => {
      if (runsAs === null)
        return no(
          question,
          'The client credentials flow is on and has no user to run as.',
          'Setup › the app › Policies › Client Credentials Flow › Run As: an API-only user.',
        )
      const runner =
        facts.users.is === 'known' ? facts.users.value.find(({ username }) => same(username, runsAs)) : undefined
      if (runner !== undefined && !runner.active)
        return no(
          question,
          `The client credentials flow runs as ${runsAs}, who is deactivated.`,
          'Choose an active API-only user.',
        )
      return user !== null && !same(runsAs, user.username)
        ? yes(question, `It offers ${shown}; client credentials run as ${runsAs}, not as this user.`)
        : yes(question, `It offers ${shown}; client credentials run as ${runsAs}.`)
    })
  })
}

export const lifetime = (app: AppFact): Check => {
  const question = 'Do its refresh tokens live?'
  return ask(question, app.refreshTokenPolicy, ({ idleDays, lifetimeDays, effective }) => {
    if (effective === 'zero')
      return no(question, 'Its policy ends refresh tokens at once.', 'Setup › the app › Refresh Token Policy.')
    const ends = [
      ...(idleDays === null ? [] : [`after ${idleDays} days without use`]),
      ...(lifetimeDays === null ? [] : [`after ${lifetimeDays} days in any case`]),
    ]
    const rotation =
      app.rotation.is === 'known' && app.rotation.value ? ' Each is good for one refresh (rotation).' : ''
    return yes(question, `${ends.length === 0 ? 'They do not expire.' : `They end ${ends.join(' and ')}.`}${rotation}`)
  })
}

/** What Login History saw: no part of the order, and often the answer. */
export const seenFailures = (app: AppFact, username: string | null, { logins }: Facts): readonly Check[] => {
  const question = 'Did Login History see it come in?'
  if (logins.is === 'unknown') return [open(question, logins.text)]
  const uses = logins.value.uses.filter(
    ({ application, user }) =>
      application !== null &&
      (same(application, app.name) || same(application, app.label)) &&
      (username === null || same(user, username)),
  )
  if (uses.length === 0)
    return [
      apart(
        question,
        `Not within ${logins.value.days} days: then it was refused before a user was known (unknown key, wrong secret), or never came.`,
      ),
    ]
  const sum = (of: (use: LoginUse) => number): number => uses.reduce((total, use) => total + of(use), 0)
  const [worked, failed] = [sum((use) => use.worked), sum((use) => use.failed)]
  const addresses = [...new Set(uses.map((use) => use.address))]
  return [
    apart(
      question,
      `${worked} logins worked and ${failed} failed within ${logins.value.days} days, from ${addresses.slice(0, 5).join(', ')}${addresses.length > 5 ? ` and ${addresses.length - 5} more` : ''}.`,
    ),
  ]
}
