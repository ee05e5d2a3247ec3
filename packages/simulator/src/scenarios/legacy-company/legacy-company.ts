/**
 * A company that has had its org for fifteen years and nobody to look after it: some forty users, among them machines
 * that are administrators, shared accounts and people who left; seventeen apps, most of them careless; rights under
 * harmless names; weak settings; and traces of what came of it in the logs.
 */
import { seedRecords } from '../../data/index.ts'
import type { Org } from '../../state/org.ts'
import type { OrgSpec } from '../../state/seed.ts'
import { createRandom } from '../random.ts'
import type { ScenarioOptions } from '../scenario-options.ts'
import { makeApps } from './make-apps.ts'
import { makeAuditTrail } from './audit-trail.ts'
import { makeCredentials } from './credentials.ts'
import { makeLogins } from './logins.ts'
import { makePeople } from './make-people.ts'
import { makePermissions } from './permissions.ts'
import { makeSettings, weakSettings } from './settings.ts'
import { makeSessions } from './sessions.ts'
import { userId, worldOf } from './world.ts'

export function legacyCompany(options: ScenarioOptions): OrgSpec {
  const name = options.name ?? 'legacy-company'
  const fill = (org: Org): void => {
    const world = worldOf(org, createRandom(options.seed ?? name), options.hostile ?? false)
    org.db.exec('SAVEPOINT legacy_company')
    makePermissions(world)
    makePeople(world)
    seedRecords(org, userId(world, 'ada.admin'))
    makeApps(world)
    makeSettings(world)
    makeCredentials(world)
    makeLogins(world)
    makeSessions(world)
    makeAuditTrail(world)
    org.db.exec('RELEASE legacy_company')
  }
  return { name, title: 'Legacy Company Inc.', users: [], apps: [], settings: weakSettings, fill }
}
