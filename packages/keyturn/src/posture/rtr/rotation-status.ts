/**
 * Of apps that rotate: since when, by whose hand, and how their clients fared since. Pure; when it was switched is known
 * from Keyturn's own record or from the Setup Audit Trail, and else not at all.
 */
import type { AuditTrailFact } from '../facts.ts'
import type { PlannedApp } from './plan.ts'
import type { Look } from './sightings.ts'
import type { SwitchRecord } from './switch-records.ts'
import { watchState } from './watch.ts'
import type { WatchState } from './watch.ts'

export interface RotationStatus {
  readonly app: PlannedApp
  /** Null: nobody can say; it was looked at for the days of the login history then. */
  readonly since: number | null
  readonly by: 'keyturn' | 'found' | 'audit-trail' | 'unknown'
  /** A run of `rtr enable` that was ended before it could say what became of it. */
  readonly unfinished: boolean
  readonly watch: WatchState
}

/** Salesforce names no action for it; an entry of the section that names both is the one. */
const inTrail = ({ names, label }: PlannedApp, trail: readonly AuditTrailFact[]): number | null => {
  const mine = trail.filter(
    ({ action, text }) =>
      /refresh.?token.?rotation/i.test(`${action} ${text}`) &&
      [...names, label].some((name) => name !== '' && text.includes(name)),
  )
  return mine.length === 0 ? null : Math.max(...mine.map(({ at }) => at))
}

interface StatusOf {
  readonly apps: readonly PlannedApp[]
  readonly records: readonly SwitchRecord[]
  readonly trail: readonly AuditTrailFact[]
  /** Of all of them, from the earliest moment on; tokens by app where they were counted. */
  readonly look: Look
  readonly tokens: ReadonlyMap<string, Look['tokens']>
  /** As far back as logins were read. */
  readonly from: number
  /** Before a switch: who was refused then already is not its victim. */
  readonly margin: number
}

export const sinceOf = (
  app: PlannedApp,
  record: SwitchRecord | undefined,
  trail: readonly AuditTrailFact[],
): Pick<RotationStatus, 'since' | 'by'> => {
  if (record?.ours === true && record.state === 'on')
    return { since: record.changedAt ?? record.beganAt, by: 'keyturn' }
  const at = inTrail(app, trail)
  if (at !== null) return { since: at, by: 'audit-trail' }
  return record?.state === 'on' ? { since: record.changedAt, by: 'found' } : { since: null, by: 'unknown' }
}

export const rotationStatus = ({
  apps,
  records,
  trail,
  look,
  tokens,
  from,
  margin,
}: StatusOf): readonly RotationStatus[] =>
  apps.map((app) => {
    const record = records.find(({ subject }) => subject === app.subject)
    const { since, by } = sinceOf(app, record, trail)
    const start = since ?? from
    const began = by === 'keyturn' && record !== undefined ? record.beganAt : start
    const sightings = look.sightings?.filter(
      ({ application, at }) => app.names.includes(application) && at >= Math.max(began - margin, from),
    )
    const before = record?.state === 'on' ? record.tokens : null
    const now = tokens.get(app.subject)
    return {
      app,
      since,
      by,
      unfinished: record?.state === 'began',
      watch: watchState(
        { began, since: start },
        before,
        { at: look.at, sightings: sightings ?? null, tokens: now ?? null },
        before !== null,
      ),
    }
  })
