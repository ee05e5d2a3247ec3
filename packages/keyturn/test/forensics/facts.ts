/** Facts of a death, made up: a token bought in the first hour, refused in the ninth. */
import type { DeathFacts, Entry } from '../../src/forensics/death-facts.ts'
import type { AuditRow, LoginRow, OrgRecords } from '../../src/forensics/org-records.ts'

export const start = Date.UTC(2026, 0, 5)
export const HOUR = 3_600_000
export const at = (hours: number): number => start + hours * HOUR

export const entries = (
  ...rows: readonly (readonly [hours: number, kind: string, data?: Entry['data']])[]
): readonly Entry[] =>
  rows.map(([hours, kind, data = {}], index) => ({ seq: index + 1, at: at(hours), kind, by: 'host-a/1', data }))

export const added = [0, 'added', { lineage: 'L0' }] as const
export const bought = [1, 'exchanged', { attempt: 'a1', sent: 'L0', lineage: 'L1' }] as const
export const refused = [9, 'refused', { attempt: 'a9', lineage: 'L1', text: 'expired access/refresh token' }] as const
export const accessEnded = [8, 'rejected', { generation: 1, age: 7 * HOUR }] as const

export const facts = (more: Partial<DeathFacts> = {}): DeathFacts => ({
  grant: 'acme',
  status: 'dead',
  hasRefreshToken: true,
  lineage: 'L1',
  why: { code: 'expired-or-revoked', text: 'expired access/refresh token', at: at(9) },
  story: entries(added, bought, accessEnded, refused),
  family: [],
  oldTokens: [],
  takeOvers: [],
  copies: [],
  companion: null,
  whole: true,
  org: null,
  ...more,
})

export const login = (hours: number, more: Partial<LoginRow> = {}): LoginRow => ({
  at: at(hours) + 2_000,
  subType: 'OauthRefreshToken',
  status: 'Success',
  application: 'Web',
  sourceIp: '198.51.100.1',
  ...more,
})

export const user = { username: 'integration@acme.example', name: 'Integration User', active: true, frozen: false }

export const org = (more: Partial<OrgRecords> = {}): OrgRecords => ({
  logins: [login(1), login(9, { status: 'Failed: Invalid Token' })],
  loginsSince: start,
  audit: [],
  user,
  approvals: [],
  problems: [],
  ...more,
})

export const setup = (action: string, display: string, hours = 5): AuditRow => ({
  at: at(hours),
  action,
  section: '',
  display,
  by: 'admin@acme.example',
})

export const doubt = (cause: string) =>
  [
    [7, 'claimed', { attempt: 'a7', lineage: 'L1' }],
    [7, 'in-doubt', { attempt: 'a7', lineage: 'L1', cause }],
    [9, 'replay-claimed', { attempt: 'a9', lineage: 'L1' }],
  ] as const

export const withDoubt = (cause: string) => entries(added, bought, ...doubt(cause), refused)
