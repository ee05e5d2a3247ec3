/** Facts of which nothing was collected: what a collection, and a case of a control, begins with. */
import { unknown } from './fact.ts'
import type { Facts } from './facts.ts'

const not = unknown('not-collected', 'this was not collected')

export const noFacts: Facts = {
  apps: not,
  tokens: not,
  users: not,
  permissionNames: not,
  permissionSets: not,
  permissionSetGroups: not,
  profiles: not,
  settings: {},
  certificates: not,
  remoteSites: not,
  guestAccess: not,
  deployments: not,
  contentLinks: not,
  eventLogs: not,
  healthCheck: not,
  logins: not,
  auditTrail: not,
  repository: unknown('not-collected', 'no repository is connected, so that nobody looked into code'),
  keyturn: not,
}
