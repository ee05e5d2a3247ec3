/**
 * Changes to an app that are deployed and have not got around yet. Metadata shows them at once; what the token endpoint
 * does follows after the app's `propagationMs`, and until then one request may meet a server that knows and the next
 * one a server that doesn't (`propagation: 'mixed'`). Carried out, when due, before the next request is looked at.
 */
import { appById, changeApp, changedApp } from './apps.ts'
import type { AppChange, SimApp } from './apps.ts'
import type { Org } from './org.ts'

interface Pending {
  readonly n: number
  readonly change: AppChange
}

function pendingOf(org: Org, appId: string): readonly Pending[] {
  const rows = org.sql('SELECT n, change FROM sim_pending_change WHERE appId = ? ORDER BY n').all(appId)
  return rows.map((row) => ({ n: Number(row['n']), change: JSON.parse(String(row['change'])) as AppChange }))
}

const withPending = (org: Org, app: SimApp): SimApp =>
  pendingOf(org, app.id).reduce((now, { change }) => changedApp(now, change), app)

/** What metadata says of the app. */
export const declaredApp: (org: Org, app: SimApp) => SimApp = withPending

/** The app for one request, which met a server that knows of the latest changes or not. */
export const asSeenBy = (org: Org, app: SimApp, knows: boolean): SimApp =>
  knows && app.settings.propagation === 'mixed' ? withPending(org, app) : app

/** Changes an app now, or as soon as the change has got around. */
export function deployToApp(org: Org, app: SimApp, change: AppChange): void {
  const { propagationMs } = app.settings
  if (propagationMs <= 0) {
    changeApp(org, app, change)
    return
  }
  changedApp(declaredApp(org, app), change)
  org
    .sql('INSERT INTO sim_pending_change (appId, since, due, change) VALUES (?, ?, ?, ?)')
    .run(app.id, org.now(), org.now() + propagationMs, JSON.stringify(change))
}

export function carryOutPending(org: Org): void {
  const due = org.sql('SELECT n, appId, change FROM sim_pending_change WHERE due <= ? ORDER BY n').all(org.now())
  for (const { n, appId, change } of due) {
    org.sql('DELETE FROM sim_pending_change WHERE n = ?').run(Number(n))
    const app = appById(org, String(appId))
    try {
      if (app !== undefined) changeApp(org, app, JSON.parse(String(change)) as AppChange)
    } catch (error) {
      // Something else was changed meanwhile, and the two don't go together.
      org.record(0, { kind: 'note', text: error instanceof Error ? error.message : String(error) })
    }
  }
}
