/**
 * Revocations that are decided and not carried out yet: nobody knows whether Salesforce ends a family at once or some
 * time after a reuse. Nothing runs in the background; what is due is carried out before the next request is looked at.
 */
import type { SimApp } from './apps.ts'
import { grantById, killGrant, killUserApp } from './grants.ts'
import type { Grant } from './grants.ts'
import type { Org } from './org.ts'
import { carryOutEnds } from './staged.ts'

type ReuseCause = 'reuse' | 'lock-error'

/** Ends what a reuse of this grant reaches: now, or after the delay that the app's switch says. */
export function doom(org: Org, request: number, app: SimApp, grant: Grant, cause: ReuseCause): void {
  const { cascade, cascadeDelayMs } = app.settings
  if (cascadeDelayMs <= 0) return carryOut(org, request, grant, cascade, cause)
  org
    .sql('INSERT INTO sim_doom (due, grantId, cascade, cause, request) VALUES (?, ?, ?, ?, ?)')
    .run(org.now() + cascadeDelayMs, grant.id, cascade, cause, request)
}

function carryOut(org: Org, request: number, grant: Grant, cascade: string, cause: string): void {
  if (cascade === 'user-app') killUserApp(org, request, grant, cause)
  else killGrant(org, request, grant, cause)
}

export function carryOutDue(org: Org): void {
  carryOutEnds(org)
  const due = org.sql('SELECT rowid AS n, * FROM sim_doom WHERE due <= ? ORDER BY due, n').all(org.now())
  for (const { n, grantId, cascade, cause, request } of due) {
    org.sql('DELETE FROM sim_doom WHERE rowid = ?').run(Number(n))
    const grant = grantById(org, String(grantId))
    if (grant !== undefined) carryOut(org, Number(request), grant, String(cascade), String(cause))
  }
}
