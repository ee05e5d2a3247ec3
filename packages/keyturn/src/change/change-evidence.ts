/** What is known of who uses an org when a change is judged: the facts of a snapshot, the broker's callers, and ourselves. */
import type { GrantView, Keyturn } from '@keyturn/tokens'
import type { OrgConnection } from '../org/connection.ts'
import { ownAddress } from '../org/own-address.ts'
import type { Evidence } from '../posture/impact/impact.ts'
import type { Snapshot } from '../posture/snapshot.ts'
import { appsByKey } from './apps-by-key.ts'
import { seenCallers } from './seen-callers.ts'

/** Families that show who comes in, how and from where: to be collected beside what a change is about. */
export const evidenceFamilies = ['apps', 'tokens', 'users', 'profiles', 'logins'] as const

const ownFlows: Readonly<Record<GrantView['flow'], Evidence['self']['flow']>> = {
  refresh_token: 'refresh',
  jwt_bearer: 'jwt-bearer',
  client_credentials: 'client-credentials',
}

interface EvidenceOf {
  readonly keyturn: Keyturn
  readonly org: OrgConnection
  readonly snapshot: Snapshot
  /** Of logins and callers. */
  readonly days: number
}

export const changeEvidence = async ({ keyturn, org, snapshot, days }: EvidenceOf): Promise<Evidence> => {
  const { facts, takenAt, auditor } = snapshot
  const [apps, own, address] = await Promise.all([appsByKey(org), keyturn.grants.show(org.grant), ownAddress(org)])
  const { timeZone } = snapshot.org
  return {
    facts,
    callers: await seenCallers(keyturn, { orgId: snapshot.org.id, facts, apps, now: takenAt, days }),
    self: {
      username: auditor.username,
      app: apps.get(own.clientId)?.fullName ?? null,
      address,
      flow: ownFlows[own.flow],
    },
    takenAt,
    ...(timeZone === undefined ? {} : { timeZone }),
  }
}
