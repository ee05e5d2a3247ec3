/** Facts by hand: an app, its tokens and the logins of its clients. */
import { known } from '../../../src/posture/fact.ts'
import type { AppFact, Facts, LoginUse, TokenFact, UserFact } from '../../../src/posture/facts.ts'
import { noFacts } from '../../../src/posture/no-facts.ts'
import { machine, now, sampleApp } from '../../../src/posture/controls/sample-facts.ts'
import type { Snapshot } from '../../../src/posture/snapshot.ts'

export const day = 86_400_000
export { now }

export const user = 'erp@example.com'
export const words = { bin: 'keyturn', grant: 'acme' }

export const app = (changes: Partial<AppFact> = {}): AppFact =>
  sampleApp({ kind: 'connected', id: '0H4000000000001', rotation: known(false), ...changes })

export const token = (changes: Partial<TokenFact> = {}): TokenFact => ({
  app: 'Erp',
  appId: '0H4000000000001',
  user,
  created: now - 100 * day,
  lastUsed: now - day,
  useCount: 7,
  ...changes,
})

export const login = (changes: Partial<LoginUse> = {}): LoginUse => ({
  user,
  type: 'Remote Access 2.0',
  subType: 'OauthRefreshToken',
  application: 'Erp',
  client: 'sync-job/2.1.0',
  address: '203.0.113.10',
  worked: 40,
  failed: 0,
  last: now - day,
  ...changes,
})

export interface World {
  readonly apps?: readonly AppFact[]
  readonly tokens?: readonly TokenFact[]
  readonly logins?: readonly LoginUse[]
  readonly users?: readonly UserFact[]
  readonly facts?: Partial<Facts>
}

export const snapshotOf = ({
  apps = [app()],
  tokens = [token()],
  logins = [login()],
  users = [machine({ username: user })],
  facts = {},
}: World = {}): Snapshot => ({
  format: 'keyturn-snapshot/1',
  takenAt: now,
  org: { id: '00D000000000001AAA', name: 'Acme', sandbox: false, instanceUrl: 'https://acme.example' },
  auditor: { userId: '005000000000009', username: 'auditor@acme.example' },
  families: ['apps', 'tokens', 'logins', 'users'],
  facts: {
    ...noFacts,
    apps: known(apps),
    tokens: known({ counted: tokens.length, read: tokens.length, complete: true, why: 'all', tokens }),
    logins: known({ days: 90, rows: logins.length, uses: logins }),
    users: known(users),
    ...facts,
  },
  calls: { total: 1, mostAtOnce: 1, ms: 1 },
})
