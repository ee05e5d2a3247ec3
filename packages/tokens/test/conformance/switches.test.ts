import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AppSettings } from '@keyturn/simulator'
import { startOrg } from './org.ts'

/** Where the documentation and what was seen differ, or nobody has said: the library passes under every setting. */
const switches: readonly Partial<AppSettings>[] = [
  { rotation: false },
  { reuse: 'lenient' },
  { cascade: 'user-app' },
  { lockScope: 'app' },
  { lockScope: 'none' },
  { lockErrorRevokes: true },
  { newAuthorization: 'kills' },
  { revokeGrant: 'kills' },
  { sessionPerGrant: 'same-live' },
  { sessionPerGrant: 'new' },
  { oauthTokenRow: 'replaced' },
  { rotationKillsOldAccessToken: true },
  { refreshTokenFirst: true },
  { accessTokenFormat: 'jwt' },
  { secretRequiredForRefresh: false },
  { idleLimitMs: 30 * 24 * 3_600_000 },
  { refreshTokenPolicy: { kind: 'inactivity', ms: 30 * 24 * 3_600_000 } },
]

for (const settings of switches) {
  test(`five expiries and ten callers at each: ${JSON.stringify(settings)}`, async (t) => {
    const org = await startOrg(t, settings)
    await org.add()
    for (let n = 0; n < 5; n++) {
      assert.deepEqual(new Set(await Promise.all(Array.from({ length: 10 }, () => org.call()))), new Set([200]))
      org.expire()
    }
    const { exchanges, reuses, inFlightRejects } = org.counters()
    assert.ok(exchanges <= 6, `${exchanges} exchanges`)
    assert.deepEqual([reuses, inFlightRejects], [0, 0])
  })
}

test('rotation switched on in mid-life is taken up at the next exchange', async (t) => {
  const org = await startOrg(t, { rotation: false })
  await org.add()
  assert.equal(await org.call(), 200)
  const { lineage } = await org.keyturn.grants.show('acme')
  org.sim.control.changeApp({ app: 'Web', settings: { rotation: true } })
  for (let n = 0; n < 3; n++) {
    org.expire()
    assert.equal(await org.call(), 200)
  }
  assert.notEqual((await org.keyturn.grants.show('acme')).lineage, lineage)
  assert.equal(org.counters().reuses, 0)
})

for (const [what, settings] of [
  ['expired by policy', { refreshTokenPolicy: { kind: 'zero' } }],
  ['older than its lifetime', { refreshTokenPolicy: { kind: 'lifetime', ms: 1 } }],
] as const) {
  test(`a refresh token ${what} is a clean request to re-authorise`, async (t) => {
    const org = await startOrg(t, settings)
    await org.add()
    org.advance(1000)
    assert.equal(await org.call(), 'GRANT_DEAD')
    assert.equal(org.counters().exchanges, 0)
  })
}

test('an address outside the refresh token allowlist blocks, and keeps the token', async (t) => {
  const org = await startOrg(t, { refreshTokenIpAllowlist: ['192.0.2.0/24'] })
  await org.add()
  assert.equal(await org.call(), 'GRANT_BLOCKED')
  org.sim.control.changeApp({ app: 'Web', settings: { refreshTokenIpAllowlist: null } })
  await org.keyturn.grants.retry('acme')
  assert.equal(await org.call(), 200)
})
