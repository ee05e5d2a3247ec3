/** What else of the org lies open to the outside, or to whoever looks: one or two queries each. */
import type { EventLogFact, GuestAccessFact } from '../facts.ts'
import type { Collector } from '../collector.ts'
import { attempt, attemptAll } from './attempt.ts'
import { seesContentLinks, seesDeployments, seesEventLogs, seesPermissions, seesRemoteSites } from './needs.ts'
import { flag, maybeText, moment, text } from './cells.ts'
import { soqlTime } from './timeline.ts'

const day = 86_400_000

export const collectRemoteSites: Collector<'remoteSites'> = ({ ask, own }) =>
  attempt(seesRemoteSites, own, async () => {
    const soql = 'SELECT SiteName, EndpointUrl, IsActive, DisableProtocolSecurity FROM RemoteProxy'
    return (await ask.rows(soql, { tooling: true })).map((one) => ({
      name: text(one, 'SiteName'),
      url: maybeText(one, 'EndpointUrl') ?? '',
      active: flag(one, 'IsActive'),
      protocolSecurityDisabled: flag(one, 'DisableProtocolSecurity'),
    }))
  })

const rights = {
  PermissionsCreate: 'create',
  PermissionsRead: 'read',
  PermissionsEdit: 'edit',
  PermissionsDelete: 'delete',
  PermissionsViewAllRecords: 'view-all',
  PermissionsModifyAllRecords: 'modify-all',
} as const satisfies Readonly<Record<string, GuestAccessFact['rights'][number]>>

export const collectGuestAccess: Collector<'guestAccess'> = ({ ask, own }) =>
  attemptAll({ ...seesPermissions, what: 'what guests may do' }, own, async () => {
    const columns = Object.keys(rights)
    const rows = await ask.rows(
      `SELECT SobjectType, Parent.Profile.Name, ${columns.join(', ')} FROM ObjectPermissions ` +
        `WHERE Parent.IsOwnedByProfile = true AND Parent.Profile.UserType = 'Guest'`,
    )
    return rows.map((one) => ({
      profile: text(one, 'Parent.Profile.Name'),
      object: text(one, 'SobjectType'),
      rights: Object.entries(rights).flatMap(([column, right]) => (flag(one, column) ? [right] : [])),
    }))
  })

export const collectDeployments: Collector<'deployments'> = ({ ask, own, days, now }) =>
  attempt(seesDeployments, own, async () => {
    const soql =
      'SELECT CreatedBy.Username, CompletedDate FROM DeployRequest ' +
      `WHERE Status IN ('Succeeded', 'SucceededPartial') AND CheckOnly = false AND CompletedDate >= ${soqlTime(now - days * day)}`
    const byUser = new Map<string, { count: number; last: number }>()
    for (const one of await ask.rows(soql, { tooling: true })) {
      const by = text(one, 'CreatedBy.Username')
      const was = byUser.get(by)
      byUser.set(by, { count: (was?.count ?? 0) + 1, last: Math.max(was?.last ?? 0, moment(one, 'CompletedDate')) })
    }
    return [...byUser].map(([by, { count, last }]) => ({ by, count, last }))
  })

export const collectContentLinks: Collector<'contentLinks'> = ({ ask, own }) =>
  attemptAll(seesContentLinks, own, async () => {
    const total = await ask.count('ContentDistribution')
    const soql = 'SELECT Id, Name FROM ContentDistribution WHERE PreferencesExpires = false'
    const rows = total === 0 ? [] : await ask.rows(soql)
    return { total, withoutExpiry: rows.map((one) => maybeText(one, 'Name') ?? text(one, 'Id')) }
  })

export const collectEventLogs: Collector<'eventLogs'> = ({ ask, own }) =>
  attempt(seesEventLogs, own, async () => {
    const byType = new Map<string, number[]>()
    for (const one of await ask.rows("SELECT EventType, LogDate FROM EventLogFile WHERE Interval = 'Daily'")) {
      const type = text(one, 'EventType')
      byType.set(type, [...(byType.get(type) ?? []), moment(one, 'LogDate')])
    }
    return [...byType].map(([type, dates]): EventLogFact => ({
      type,
      oldest: Math.min(...dates),
      newest: Math.max(...dates),
      days: new Set(dates.map((at) => Math.floor(at / day))).size,
    }))
  })
