/** What the platform asks about app and user together: who may use it, and from where. */
import type { Fact } from '../posture/fact.ts'
import type { AppFact, Facts, IpRange, UserFact } from '../posture/facts.ts'
import { addressWithin } from '../posture/impact/address-within.ts'
import { apart, ask, no, open, same, yes } from './check.ts'
import type { Check } from './check.ts'
import { profileOf } from './user-checks.ts'

export const apiAccessControl = (app: AppFact, user: UserFact | null, facts: Facts): Check => {
  const question = 'Does API Access Control let it through?'
  const fact = facts.settings['ConnectedApp.enableAdminApprovedAppsOnly']
  if (fact === undefined || (fact.is === 'unknown' && fact.why === 'not-provisioned'))
    return apart(question, 'This org has no API Access Control.')
  return ask(question, fact, (on) => {
    if (on !== true) return yes(question, 'It is off: every app is let through.')
    const exempt =
      user?.permissions.is === 'known' && user.permissions.value.includes('UseAnyApiClient')
        ? yes(question, 'It is on, and the user has “Use Any API Client”.')
        : null
    if (exempt !== null) return exempt
    return ask(question, app.permittedUsers, (who) =>
      who === 'admin'
        ? yes(question, 'It is on, and the app is one that administrators approve.')
        : no(
            question,
            'It is on: apps are let through only when administrators approve their users, and this one lets everybody authorise themselves.',
            'Set Permitted Users of the app to “Admin approved users are pre-authorized” and give the permission set. Not “Use Any API Client”.',
          ),
    )
  })
}

export const permitted = (app: AppFact, user: UserFact | null, username: string | null, facts: Facts): Check => {
  const question = 'Is the user permitted?'
  return ask(question, app.permittedUsers, (who) => {
    if (who === 'all')
      return yes(
        question,
        'Everybody may authorise it themselves; for JWT bearer and token exchange the user must have done so once.',
      )
    if (username === null || user === null)
      return open(question, 'Only users whom an administrator approved may use it.', 'Name the user with --user.')
    return ask(question, app.permittedProfiles, (profiles) =>
      ask(question, app.permittedPermissionSets, (sets) => {
        const byProfile = profiles.some((name) => same(name, user.profile))
        if (byProfile) return yes(question, `By the profile ${user.profile}.`)
        return ask(question, user.permissionSets, (held) => {
          const labels = facts.permissionSets.is === 'known' ? facts.permissionSets.value : []
          const names = sets.flatMap((one) => [
            one,
            ...labels
              .filter(({ id, name, label }) => [id, name, label].includes(one))
              .flatMap(({ name, label }) => [name, label]),
          ])
          const by = held.find((one) => names.some((name) => same(name, one)))
          return by !== undefined
            ? yes(question, `By the permission set ${by}.`)
            : no(
                question,
                sets.length + profiles.length === 0
                  ? 'Only users whom an administrator approved may use it, and no profile or permission set is named in it.'
                  : `Only users whom an administrator approved may use it, by ${[...profiles, ...sets].join(', ')}; this user has none of them.`,
                sets.length > 0
                  ? `Assign the permission set ${sets[0] ?? ''} to the user.`
                  : 'Name a permission set in the app’s policies and assign it to the user.',
              )
        })
      }),
    )
  })
}

export const address = (app: AppFact, user: UserFact | null, from: string | null, facts: Facts): Check => {
  const question = 'May it come from that address?'
  const lists: { readonly what: string; readonly ranges: readonly IpRange[] }[] = []
  const unread: string[] = []
  const note = (what: string, fact: Fact<readonly IpRange[]>): void => {
    if (fact.is === 'unknown') unread.push(`${what}: ${fact.text}`)
    else if (fact.value.length > 0) lists.push({ what, ranges: fact.value })
  }
  note('refresh token allowlist', app.tokenIpRanges)
  const relaxed = app.ipRelaxation.is === 'known' && /BYPASS/.test(app.ipRelaxation.value)
  const profile = user === null ? null : profileOf(user, facts)
  if (profile !== null && !relaxed) note(`login IP ranges of the profile ${profile.name}`, profile.loginRanges)
  const text = [
    ...lists.map(({ what, ranges }) => `${what}: ${ranges.map((one) => `${one.from}–${one.to}`).join(', ')}`),
    ...unread,
  ].join('; ')
  const add = 'Add the address by `keyturn provision allow-address`, or come from another.'
  if (from !== null) {
    const out = lists.find(({ ranges }) => addressWithin(from, ranges) === 'out')
    if (out !== undefined) return no(question, `${from} is not in the ${out.what}.`, add)
    if (unread.length === 0 && lists.every(({ ranges }) => addressWithin(from, ranges) === 'in'))
      return yes(question, lists.length === 0 ? 'No ranges restrict it.' : `${from} is in each range that counts.`)
  }
  if (text === '')
    return yes(
      question,
      relaxed ? 'IP restrictions are relaxed for it, and it has no refresh token allowlist.' : 'No ranges restrict it.',
    )
  return open(
    question,
    text,
    from === null
      ? 'Name the address with --address; Login History has it as Source IP.'
      : `Compare with ${from}. ${add}`,
  )
}
