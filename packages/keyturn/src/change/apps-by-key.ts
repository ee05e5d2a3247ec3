/** Which app each consumer key is of. Where metadata can't be read nobody can tell, and the map is empty. */
import { KeyturnError } from '@keyturn/tokens'
import { appCertificates } from '../org/app-certificate.ts'
import type { OrgConnection } from '../org/connection.ts'
import type { KeyedApp } from '../posture/rtr/app-clients.ts'

export const appsByKey = async (org: OrgConnection): Promise<ReadonlyMap<string, KeyedApp>> => {
  try {
    const { apps } = await appCertificates(org)
    return new Map(
      apps.flatMap(({ consumerKey, kind, app }) =>
        consumerKey === null
          ? []
          : [[consumerKey, { kind: kind === 'connected-app' ? 'connected' : 'external', fullName: app }] as const],
      ),
    )
  } catch (error) {
    if (error instanceof KeyturnError && error.code === 'ORG_REFUSED') return new Map()
    throw error
  }
}
