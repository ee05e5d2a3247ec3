/**
 * The careless company with clients that really come: each refreshes its token, trades its secret or logs in from an
 * address of its own, first to be seen, and again after a restriction, to be refused or not.
 */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import type { TestContext } from 'node:test'
import { scenario } from '@keyturn/simulator'
import type { Simulator } from '@keyturn/simulator'
import type { Snapshot } from '../../../src/posture/snapshot.ts'
import type { Evidence } from '../../../src/posture/impact/impact.ts'
import { auditedOrg } from '../collectors/audited-org.ts'
import type { Audited } from '../collectors/audited-org.ts'

export interface Attempt {
  readonly user: string
  readonly app: string | null
  readonly way: 'refresh' | 'client-credentials' | 'oauth-password' | 'soap'
  readonly address: string
  /** Days since its token was used last, of those that nobody used before the evidence was read. */
  readonly unusedFor: number
  /** Of its token. */
  readonly age: number
  readonly comes: () => Promise<boolean>
}

export const attemptName = ({ user, app, way, address }: Attempt): string =>
  `${user} ${app ?? 'without an app'} by ${way} from ${address}`

const day = 86_400_000
const addresses = ['203.0.113.10', '203.0.113.11', '198.51.100.7', '2001:db8::7', '192.0.2.40']
const secretOf = (app: string): string => `secret${createHash('sha256').update(app).digest('hex').slice(0, 20)}`
const fingerprint = (token: string): string => createHash('sha256').update(token).digest('hex').slice(0, 16)

const post = async (sim: Simulator, form: Record<string, string>, address: string): Promise<boolean> => {
  const [org] = sim.control.state()
  const answer = await fetch(`${org?.origin ?? ''}/services/oauth2/token`, {
    method: 'POST',
    headers: { 'x-sim-address': address, 'user-agent': `client/${address}` },
    body: new URLSearchParams(form),
  })
  const { refresh_token: next } = (await answer.json()) as { readonly refresh_token?: string }
  // Where tokens rotate a client keeps the new one.
  if (next !== undefined) form['refresh_token'] = next
  return answer.ok
}

const soapLogin = async (sim: Simulator, user: string, password: string, address: string): Promise<boolean> => {
  const [org] = sim.control.state()
  const body = `<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:u="urn:partner.soap.sforce.com"><soapenv:Body><u:login><u:username>${user}</u:username><u:password>${password}</u:password></u:login></soapenv:Body></soapenv:Envelope>`
  const answer = await fetch(`${org?.origin ?? ''}/services/Soap/u/62.0`, {
    method: 'POST',
    headers: { 'content-type': 'text/xml', soapaction: 'login', 'x-sim-address': address },
    body,
  })
  await answer.text()
  return answer.ok
}

const password = 'Correct-horse-1'

const attemptsIn = (sim: Simulator): readonly Attempt[] => {
  const [org] = sim.control.state()
  assert(org !== undefined)
  const tokens = new Map(sim.control.secrets().map((secret) => [fingerprint(secret), secret]))
  const now = sim.control.clock().now
  for (const { name } of org.apps)
    if (name !== 'PlatformCLI' && name !== 'Auditor_Web')
      sim.control.changeApp({ app: name, clientSecret: secretOf(name) })
  const installed = new Set(org.apps.flatMap(({ name, settings }) => (settings.installed ? [name] : [])))
  const isOut = ({ active, frozen }: Readonly<Record<string, unknown>>): boolean => active !== true || frozen === true
  const shutOut = new Set(org.users.filter(isOut).map(({ username }) => username))
  const clientIds = new Map(org.apps.map(({ name, clientId }) => [name, clientId]))
  const withSecret = (app: string) => ({ client_id: clientIds.get(app) ?? '', client_secret: secretOf(app) })
  const common = { unusedFor: 0, age: 0 }
  const refreshes = org.grants
    .filter(({ live, app, user }) => live && app !== 'Auditor_Web' && installed.has(app) && !shutOut.has(user))
    .map((grant, index): Attempt => {
      const { user, app, lastUsedAt, createdAt } = grant
      const token = tokens.get(grant.refreshTokens.find(({ state }) => state === 'active')?.fingerprint ?? '') ?? ''
      // One external app has an allowlist already.
      const address = app === 'Billing_Sync' ? '203.0.113.10' : (addresses[index % addresses.length] ?? '')
      const form = { grant_type: 'refresh_token', refresh_token: token, ...withSecret(app) }
      const age = (now - createdAt) / day
      return {
        user,
        app,
        way: 'refresh',
        address,
        unusedFor: (now - lastUsedAt) / day,
        age,
        comes: () => post(sim, form, address),
      }
    })
  const machine = (name: string): string => {
    const user = `${name}@legacy.example`
    sim.control.changeUser({ user, change: { password, securityToken: '' } })
    return user
  }
  const etl = machine('etl.loader')
  const nightly = machine('dataloader.nightly')
  const byPassword = { grant_type: 'password', username: nightly, password, ...withSecret('Data_Loader_Nightly') }
  return [
    ...refreshes,
    {
      ...common,
      ...{ user: etl, app: 'Server_Batch', way: 'client-credentials', address: '203.0.113.12' },
      comes: () => post(sim, { grant_type: 'client_credentials', ...withSecret('Server_Batch') }, '203.0.113.12'),
    },
    {
      ...common,
      ...{ user: nightly, app: 'Data_Loader_Nightly', way: 'oauth-password', address: '203.0.113.13' },
      comes: () => post(sim, byPassword, '203.0.113.13'),
    },
    {
      ...common,
      ...{ user: etl, app: null, way: 'soap', address: '203.0.113.14' },
      comes: () => soapLogin(sim, etl, password, '203.0.113.14'),
    },
  ]
}

export interface Company extends Audited {
  /** All that get in today. */
  readonly attempts: readonly Attempt[]
  readonly snapshot: Snapshot
  readonly evidence: Evidence
  /** The account that makes the change. */
  selfComes(): Promise<boolean>
}

/** Tokens that nobody used for a month stay unused; everybody else comes once, and is seen. */
export const companyAtWork = async (t: TestContext): Promise<Company> => {
  const user = 'ada.admin@legacy.example'
  const audited = await auditedOrg(t, { spec: scenario('legacy-company'), user })
  audited.sim.control.changeOrg({
    settings: { trustedAddresses: ['0.0.0.0/0'], tokenFromTrusted: 'accepted' } as never,
  })
  const all = attemptsIn(audited.sim)
  const attempts: Attempt[] = []
  for (const attempt of all) if (attempt.unusedFor > 30 || (await attempt.comes())) attempts.push(attempt)
  // Logins are read up to the last whole second.
  audited.sim.control.moveClock({ advanceMs: 5000 })
  const snapshot = await audited.collect(
    ['apps', 'tokens', 'users', 'profiles', 'permissionSets', 'permissionNames', 'logins', 'settings'],
    { days: 90 },
  )
  const evidence: Evidence = {
    facts: snapshot.facts,
    callers: [],
    self: { username: user, app: 'Auditor_Web', address: '127.0.0.1', flow: 'refresh' },
    takenAt: snapshot.takenAt,
  }
  const { refreshToken, clientId, clientSecret } = audited.sim.control.grant({ user, app: 'Auditor_Web' })
  const own = {
    grant_type: 'refresh_token',
    refresh_token: refreshToken,
    client_id: clientId,
    client_secret: clientSecret,
  }
  return { ...audited, attempts, snapshot, evidence, selfComes: () => post(audited.sim, own, '127.0.0.1') }
}
