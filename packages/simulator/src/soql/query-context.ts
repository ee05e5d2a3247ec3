/** Who asks a query, of which org, by which API, and when: what every stage of running it may need. */
import type { Access } from '../data/access.ts'
import type { SimOrg } from '../route.ts'

export interface QueryContext {
  readonly org: SimOrg
  readonly access: Access
  readonly soql: string
  readonly now: number
  readonly timeZone: string
  /** The AuthSession of the caller. */
  readonly sessionId: string
  /** `/services/data/v66.0` or its tooling counterpart, for the urls of records. */
  readonly urlPrefix: string
  readonly tooling: boolean
  /** queryAll: deleted records too. */
  readonly allRows: boolean
}
