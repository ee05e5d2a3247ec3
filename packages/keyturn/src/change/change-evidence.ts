/** What is known of who uses an org when a change is judged: the facts of a snapshot, the broker's callers, and ourselves. */
import { KeyturnError } from '@keyturn/tokens'
import type { Keyturn } from '@keyturn/tokens'
import { appCertificates } from '../org/app-certificate.ts'
import type { OrgConnection } from '../org/connection.ts'
import { loginWay } from '../posture/login-way.ts'
import type { Facts } from '../posture/facts.ts'
import type { Evidence } from '../posture/impact/impact.ts'
import type { Snapshot } from '../posture/snapshot.ts'
import { seenCallers } from './seen-callers.ts'

/** Families that show who comes in, how and from where: to be collected beside what a change is about. */
export const evidenceFamilies = ['apps', 'tokens', 'users', 'profiles', 'logins'] as const

/** Names of apps by their consumer key. Where metadata can't be read nobody can tell, and the map is empty. */
const appNames = async (org: OrgConnection): Promise<ReadonlyMap<string, string>> => {
  try {
    const { apps } = await appCertificates(org)
    return new Map(apps.flatMap(({ consumerKey, app }) => (consumerKey === null ? [] : [[consumerKey, app] as const])))
  } catch (error) {
    if (!(error instanceof KeyturnError)) throw error
    return new Map()
  }
}

/** From where our own user last came by an app; another person's browser under the same user is no such login. */
const ownAddress = ({ logins }: Facts, username: string, app: string | null): string | null => {
  if (logins.is === 'unknown') return null
  const own = logins.value.uses
    .filter(({ user, worked }) => worked > 0 && user.toLowerCase() === username.toLowerCase())
    .filter((use) => loginWay(use) === 'oauth')
  const byApp = own.filter(({ application }) => application === app)
  const [latest] = (byApp.length > 0 ? byApp : own).toSorted((a, b) => b.last - a.last)
  return latest === undefined || /[/*]/u.test(latest.address) || latest.address === '' ? null : latest.address
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
  const [apps, own] = await Promise.all([appNames(org), keyturn.grants.show(org.grant)])
  const app = apps.get(own.clientId) ?? null
  const { timeZone } = snapshot.org
  return {
    facts,
    callers: await seenCallers(keyturn, { orgId: snapshot.org.id, facts, apps, now: takenAt, days }),
    self: { username: auditor.username, app, address: ownAddress(facts, auditor.username, app) },
    takenAt,
    ...(timeZone === undefined ? {} : { timeZone }),
  }
}
