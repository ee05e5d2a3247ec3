/** What is found out before a password is changed, and where a security token is of no use any more. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { passwordScene, robot } from './password-scene.ts'
import type { Place } from './password-scene.ts'
import { toTheEnd } from './scene.ts'
import { changes, judge, start } from './security-token-run.ts'

for (const [what, of, code, next] of [
  [
    'SOAP login() and the password flow are off',
    { settings: { soapLogin: false, passwordFlowBlocked: true } },
    'NO_PASSWORD_LOGIN',
    /OAuth/,
  ],
  ['only SOAP login() is off', { settings: { soapLogin: false } }, 'SOAP_LOGIN_CLOSED', /password-flow/],
  [
    'an API Only user',
    {
      users: [{ username: 'api@acme.example', apiOnly: true, profile: 'Minimum Access - API Only Integrations' }],
      credential: { user: 'api@acme.example' },
    },
    'TOKEN_USELESS',
    /OAuth/,
  ],
  [
    'MFA for API logins',
    {
      users: [{ username: 'mfa@acme.example', permissions: ['TwoFactorApi'] }],
      credential: { user: 'mfa@acme.example' },
    },
    'TOKEN_USELESS',
    /OAuth/,
  ],
  ['an unknown user', { credential: { user: 'nobody@acme.example' } }, 'USER_NOT_FOUND', /Setup/],
  ['a grant without the permission', { credential: { org: 'plain' } }, 'NOT_PERMITTED', /Manage Users/],
] as const satisfies readonly (readonly [string, Place, string, RegExp])[]) {
  void test(`preflight: ${what}`, async (t) => {
    const place = await passwordScene(t, of)
    const found = await place.open().preflight('robot')
    assert.deepEqual(
      found.map((one) => one.code),
      [code],
    )
    assert.match(found[0]?.next ?? '', next)
    assert.equal(await changes(place), 0)
  })
}

void test('preflight: an inactive user, a frozen one, login IP ranges of the profile', async (t) => {
  const place = await passwordScene(t)
  const codes = async (): Promise<readonly string[]> => (await place.open().preflight('robot')).map(({ code }) => code)
  place.sim.control.changeUser({ user: robot, change: { frozen: true } })
  assert.deepEqual(await codes(), ['USER_FROZEN'])
  place.sim.control.changeUser({ user: robot, change: { frozen: false, active: false } })
  assert.deepEqual(await codes(), ['USER_INACTIVE'])
  place.sim.control.changeUser({ user: robot, change: { active: true } })
  const { metadata } = await place.org('admin').jsforce()
  const ranges = [{ startAddress: '192.0.2.1', endAddress: '192.0.2.9' }]
  await metadata.update('Profile' as never, { fullName: 'Standard', loginIpRanges: ranges } as never)
  assert.deepEqual(await codes(), ['TOKEN_USELESS'])
})

void test('preflight: a value in use that SOAP login() refuses is told, for it may be the permission that is missing', async (t) => {
  const place = await passwordScene(t, { settings: { useAnyApiAuthRequired: true } })
  await place.adopt()
  assert.deepEqual(
    (await place.open().preflight('robot')).map(({ code }) => code),
    ['PRESENT_VALUE_REFUSED'],
  )
  place.sim.control.givePermissions({ user: robot, permissions: ['UseAnyApiAuth'] })
  await start(place.open())
  await judge(place, await toTheEnd(place, 'robot', () => place.open()))
})
