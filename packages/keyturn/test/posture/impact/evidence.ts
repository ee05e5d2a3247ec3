/** Evidence by hand: one app, its people and machines, and what was seen of them. */
import { known } from '../../../src/posture/fact.ts'
import type { AppFact, Facts, LoginUse, TokenFact, UserFact } from '../../../src/posture/facts.ts'
import type { Evidence, SeenCaller } from '../../../src/posture/impact/impact.ts'
import { noFacts } from '../../../src/posture/no-facts.ts'
import {
  day,
  now,
  sampleApp,
  sampleLogin,
  sampleProfile,
  sampleUser,
} from '../../../src/posture/controls/sample-facts.ts'

export interface Sketch {
  readonly apps?: readonly Partial<AppFact>[]
  readonly users?: readonly Partial<UserFact>[]
  readonly tokens?: readonly Partial<TokenFact>[]
  readonly logins?: readonly Partial<LoginUse>[]
  readonly callers?: readonly Partial<SeenCaller>[]
  readonly self?: Partial<Evidence['self']>
  readonly facts?: Partial<Facts>
  readonly timeZone?: string
  /** Whose logins were read; else all that Salesforce keeps. */
  readonly days?: number
}

export const sampleToken = (changes: Partial<TokenFact> = {}): TokenFact => ({
  app: 'Erp',
  appId: '0xI000000000001',
  user: 'erp@example.com',
  created: now - 60 * day,
  lastUsed: now - day,
  useCount: 40,
  ...changes,
})

export const sampleCaller = (changes: Partial<SeenCaller> = {}): SeenCaller => ({
  name: 'billing',
  grant: 'erp',
  username: 'erp@example.com',
  clientId: null,
  app: 'Erp',
  last: now - day,
  ...changes,
})

const erp = sampleUser({ username: 'erp@example.com', profile: 'Erp Integration', profileId: '00e000000000002' })

const admin = sampleUser({
  username: 'admin@example.com',
  profile: 'System Administrator',
  profileId: '00e000000000009',
})

export const evidenceOf = (sketch: Sketch): Evidence => {
  const tokens = (sketch.tokens ?? []).map(sampleToken)
  const uses = (sketch.logins ?? []).map((login) => ({ subType: 'OauthRefreshToken', ...login })).map(sampleLogin)
  return {
    facts: {
      ...noFacts,
      apps: known((sketch.apps ?? [{}]).map(sampleApp)),
      users: known([erp, admin, ...(sketch.users ?? []).map(sampleUser)]),
      profiles: known([sampleProfile(), sampleProfile({ id: '00e000000000001', name: 'Sales' })]),
      tokens: known({ counted: tokens.length, read: tokens.length, complete: true, why: 'all', tokens }),
      logins: known({ days: sketch.days ?? 180, rows: uses.length, uses }),
      ...sketch.facts,
    },
    callers: (sketch.callers ?? []).map(sampleCaller),
    self: { username: 'admin@example.com', app: 'Keyturn', address: '203.0.113.15', flow: null, ...sketch.self },
    takenAt: now,
    ...(sketch.timeZone === undefined ? {} : { timeZone: sketch.timeZone }),
  }
}
