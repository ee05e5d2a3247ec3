/**
 * What is predicted against what happens: the restriction is put in force in a simulated company, every client comes again,
 * and exactly those are refused that were to be cut off. Who is refused and was only possible is allowed; who is refused
 * and was in no list is not.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { impactOf } from '../../../src/posture/impact/impact-of.ts'
import type { Impact } from '../../../src/posture/impact/impact.ts'
import type { Restriction } from '../../../src/posture/impact/restriction.ts'
import { attemptName, companyAtWork } from './refusals.ts'
import type { IpRange } from '../../../src/posture/facts.ts'
import type { Attempt, Company } from './refusals.ts'

/** Of a refresh the token and the logins by it are the same thing. */
const ways: Readonly<Record<Attempt['way'], readonly string[]>> = {
  refresh: ['refresh token', 'OauthRefreshToken'],
  'client-credentials': ['OauthClientCredentials'],
  'oauth-password': ['OauthUsernamePassword'],
  soap: ['Other Apex API'],
}

const isIn = (list: Impact['cutOff'], attempt: Attempt): boolean =>
  list.some(
    ({ user, app, way, addresses }) =>
      user === attempt.user &&
      app === attempt.app &&
      ways[attempt.way].includes(way ?? '') &&
      (addresses.length === 0 || addresses.includes(attempt.address)),
  )

interface Case {
  readonly name: string
  readonly restriction: Restriction
  readonly inForce: (company: Company) => void
  /** How many are refused at least: a case that refuses nobody shows nothing. */
  readonly atLeast: number
  /** Everybody who is refused must have been certain. */
  readonly exact: boolean
  readonly locksOutSelf?: boolean
}

const user = (name: string): string => `${name}@legacy.example`
const inRange = [{ from: '203.0.113.10', to: '203.0.113.20' }]
const asSimulated = ['203.0.113.10-203.0.113.20']
const outside = [{ from: '203.0.113.200', to: '203.0.113.220' }]
const withSelf = [...inRange, { from: '127.0.0.1', to: '127.0.0.1' }]

/** As a profile’s ranges do. */
const profileRanges = ({ sim, snapshot }: Company, profile: string, ranges: readonly IpRange[]): void => {
  const { users } = snapshot.facts
  assert(users.is === 'known')
  for (const one of users.value)
    if (one.profile === profile)
      sim.control.changeUser({
        user: one.username,
        change: { loginAddresses: ranges.map(({ from, to }) => `${from}-${to}`) },
      })
}

const cases: readonly Case[] = [
  {
    name: 'permitted users',
    restriction: { is: 'permitted-users', app: 'app:Team_CLI', users: [user('jenkins.deploy')] },
    inForce: ({ sim }) => {
      const settings = { permittedUsers: 'admin', preAuthorizedUsers: [user('jenkins.deploy')] } as const
      sim.control.changeApp({ app: 'Team_CLI', settings })
    },
    atLeast: 1,
    exact: true,
  },
  {
    name: 'a blocked app',
    restriction: { is: 'blocked-app', app: 'eca:Analytics_Bridge' },
    inForce: ({ sim }) => void sim.control.changeApp({ app: 'Analytics_Bridge', settings: { blocked: true } }),
    atLeast: 2,
    exact: true,
  },
  {
    name: 'login ranges of administrators, whoever makes the change among them',
    restriction: { is: 'login-addresses', profile: 'System Administrator', ranges: outside },
    inForce: (company) => profileRanges(company, 'System Administrator', outside),
    atLeast: 3,
    locksOutSelf: true,
    exact: true,
  },
  {
    name: 'login ranges of administrators, of programs that come from within and from elsewhere',
    restriction: { is: 'login-addresses', profile: 'System Administrator', ranges: withSelf },
    inForce: (company) => profileRanges(company, 'System Administrator', withSelf),
    atLeast: 1,
    exact: true,
  },
  {
    name: 'login ranges of the profile of an app that enforces them',
    restriction: {
      is: 'login-addresses',
      profile: 'Minimum Access - API Only Integrations',
      ranges: [{ from: '10.0.0.1', to: '10.0.0.9' }],
    },
    inForce: ({ sim }) =>
      sim.control.changeUser({ user: user('billing.sync'), change: { loginAddresses: ['10.0.0.1-10.0.0.9'] } }),
    atLeast: 1,
    exact: true,
  },
  {
    name: 'the client-credentials flow',
    restriction: { is: 'flow-off', app: 'app:Server_Batch', flow: 'client-credentials' },
    inForce: ({ sim }) => void sim.control.changeApp({ app: 'Server_Batch', settings: { clientCredentials: false } }),
    atLeast: 1,
    exact: true,
  },
  {
    name: 'the password flow of the org',
    restriction: { is: 'flow-off', app: null, flow: 'oauth-password' },
    inForce: ({ sim }) => void sim.control.changeOrg({ settings: { passwordFlowBlocked: true } }),
    atLeast: 1,
    exact: true,
  },
  {
    name: 'SOAP login()',
    restriction: { is: 'soap-login-off', users: null },
    inForce: ({ sim }) => void sim.control.changeOrg({ settings: { soapLogin: false } }),
    atLeast: 1,
    exact: true,
  },
  {
    name: 'users that are frozen',
    restriction: { is: 'users-off', users: [user('etl.loader'), user('hanna.hill')] },
    inForce: ({ sim }) => {
      for (const name of ['etl.loader', 'hanna.hill'])
        sim.control.changeUser({ user: user(name), change: { frozen: true } })
    },
    atLeast: 3,
    exact: true,
  },
  {
    name: 'the allowlist of refresh tokens',
    restriction: { is: 'token-addresses', app: 'eca:Chat_Assistant', ranges: inRange },
    inForce: ({ sim }) =>
      void sim.control.changeApp({ app: 'Chat_Assistant', settings: { refreshTokenIpAllowlist: asSimulated } }),
    atLeast: 1,
    exact: true,
  },
  {
    name: 'only apps that were approved',
    restriction: { is: 'api-access-control', allowed: ['eca:Billing_Sync', 'app:Drift_Connector'] },
    inForce: ({ sim }) => void sim.control.changeOrg({ settings: { apiAccessControl: 'on' } }),
    atLeast: 5,
    exact: false,
    locksOutSelf: true,
  },
  {
    name: 'idle refresh tokens',
    restriction: { is: 'token-lifetime', app: 'app:Legacy_Mobile', idleDays: 30, lifetimeDays: null },
    inForce: ({ sim }) =>
      void sim.control.changeApp({
        app: 'Legacy_Mobile',
        settings: { refreshTokenPolicy: { kind: 'inactivity', ms: 30 * 86_400_000 } },
      }),
    atLeast: 2,
    exact: true,
  },
  {
    name: 'old refresh tokens',
    restriction: { is: 'token-lifetime', app: 'app:ERP_Sync', idleDays: null, lifetimeDays: 1300 },
    inForce: ({ sim }) =>
      void sim.control.changeApp({
        app: 'ERP_Sync',
        settings: { refreshTokenPolicy: { kind: 'lifetime', ms: 1300 * 86_400_000 } },
      }),
    atLeast: 1,
    exact: true,
  },
]

for (const { name, restriction, inForce, atLeast, exact, locksOutSelf = false } of cases)
  void test(`${name}: who is cut off is who is refused`, async (t) => {
    const company = await companyAtWork(t)
    const impact = impactOf(restriction, company.evidence)
    assert.equal(impact.locksOutSelf, locksOutSelf)
    inForce(company)
    assert.equal(await company.selfComes(), !locksOutSelf)
    let refused = 0
    for (const attempt of company.attempts) {
      const gotIn = await attempt.comes()
      if (!gotIn) refused++
      const [certain, maybe] = [isIn(impact.cutOff, attempt), isIn(impact.possible, attempt)]
      assert.equal(gotIn && certain, false, `${attemptName(attempt)} was to be cut off and got in`)
      assert(gotIn || certain || (!exact && maybe), `${attemptName(attempt)} is refused, and nobody said so`)
    }
    assert(refused >= atLeast, `${refused} were refused`)
    assert(company.attempts.length - refused > 3, 'the others go on')
  })

void test('idle refresh tokens, a month in which nobody came later: whoever is refused was cut off, or named as nobody can tell', async (t) => {
  const company = await companyAtWork(t)
  const app = 'ERP_Sync'
  const { cutOff, blind } = impactOf(
    { is: 'token-lifetime', app: `app:${app}`, idleDays: 30, lifetimeDays: null },
    company.evidence,
  )
  const month = 31 * 86_400_000
  company.sim.control.changeApp({
    app,
    settings: { refreshTokenPolicy: { kind: 'inactivity', ms: 30 * 86_400_000 } },
  })
  company.sim.control.moveClock({ advanceMs: month })
  const refreshing = company.attempts.filter((attempt) => attempt.app === app && attempt.way === 'refresh')
  assert(refreshing.some((attempt) => !isIn(cutOff, attempt)))
  for (const attempt of refreshing) {
    assert.equal(await attempt.comes(), false, attemptName(attempt))
    const named = isIn(cutOff, attempt) || blind.some((text) => text.includes(attempt.user))
    assert(named, `${attemptName(attempt)} is refused, and nobody said so`)
  }
})
