/** One of each kind of restriction, of a sample app and its users. */
import type { Restriction } from '../../../src/posture/impact/restriction.ts'

const users = ['erp@example.com', 'ann@example.com', 'bob@example.com']
const ranges = [{ from: '203.0.113.10', to: '203.0.113.20' }]
const hours = { monday: [480, 1080] as const }
const app = 'eca:Erp'
export const restrictions: readonly Restriction[] = [
  { is: 'permitted-users', app, users: ['erp@example.com'] },
  { is: 'blocked-app', app },
  { is: 'login-addresses', profile: 'Erp Integration', ranges },
  { is: 'login-addresses', profile: null, ranges },
  { is: 'app-addresses', app },
  { is: 'token-addresses', app, ranges },
  { is: 'login-hours', profile: 'Erp Integration', hours },
  { is: 'scopes', app, removed: ['Full'] },
  { is: 'callbacks', app, removed: ['http://localhost/'] },
  { is: 'pkce', app: null },
  { is: 'flow-off', app, flow: 'device' },
  { is: 'flow-off', app: null, flow: 'oauth-password' },
  { is: 'secret-required', app, at: 'refresh' },
  { is: 'rotation', app },
  { is: 'token-lifetime', app, idleDays: 30, lifetimeDays: 90 },
  { is: 'mfa', users: null },
  { is: 'permission-removed', permission: 'ApiEnabled', users },
  { is: 'soap-login-off', users: null },
  { is: 'api-access-control', allowed: ['eca:Erp'] },
  { is: 'my-domain-only', whom: 'programs' },
  { is: 'users-off', users },
  { is: 'session-address' },
  { is: 'session-timeout', app: null, profile: null },
  { is: 'lockout', profile: null },
  { is: 'passwords-expire', profile: null, days: 90 },
]
