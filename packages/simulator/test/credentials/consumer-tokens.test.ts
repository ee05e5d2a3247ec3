/** What rotating a consumer does to the tokens and approvals that came of its old key. */
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { call, token } from '../identity/wire.ts'
import { rest } from './asking.ts'
import { pairOf, renew, rotate, stage, world } from './consumer-world.ts'

test('refresh tokens and sessions of the old key survive, or end with the rotation, or with the removal', async () => {
  const seen: Record<string, readonly unknown[]> = {}
  for (const grantsOfOldKey of ['survive', 'die-at-rotate', 'die-at-removal'] as const) {
    const at = await world({ grantsOfOldKey, rotation: false })
    const { sim, session, path } = at
    const grant = sim.control.grant({ user: 'integration@acme.example', app: 'Sync_App' })
    const staged = await stage(at)
    const outcome: unknown[] = []
    const look = async (): Promise<void> => {
      outcome.push((await renew(at, grant.refreshToken, pairOf(staged))).error ?? 'ok')
      outcome.push((await call(sim, grant.accessToken)).status)
    }
    await rotate(at, staged.id)
    await look()
    await rest(sim, session, 'DELETE', `${path}/staged/${staged.id}`)
    await look()
    seen[grantsOfOldKey] = outcome
  }
  assert.deepEqual(seen, {
    survive: ['ok', 200, 'ok', 200],
    'die-at-rotate': ['invalid_grant', 401, 'invalid_grant', 401],
    'die-at-removal': ['ok', 200, 'invalid_grant', 401],
  })
})

test('a refresh token that was rotated under the new key belongs to the new key', async () => {
  const at = await world({ grantsOfOldKey: 'die-at-removal' })
  const moved = at.sim.control.grant({ user: 'integration@acme.example', app: 'Sync_App' })
  const left = at.sim.control.grant({ user: 'integration@acme.example', app: 'Sync_App' })
  const staged = await stage(at)
  await rotate(at, staged.id)
  const { next } = await renew(at, moved.refreshToken, pairOf(staged))
  await rest(at.sim, at.session, 'DELETE', `${at.path}/staged/${staged.id}`)
  assert.equal((await renew(at, next, pairOf(staged))).error, undefined)
  assert.equal((await renew(at, left.refreshToken, pairOf(staged))).error, 'invalid_grant')
})

test('approvals for the JWT flow go their own way: they survive, or end with the rotation or the removal', async () => {
  const { createSign } = await import('node:crypto')
  const seen: Record<string, readonly number[]> = {}
  for (const approvalsOfOldKey of ['survive', 'die-at-rotate', 'die-at-removal'] as const) {
    const at = await world({ approvalsOfOldKey, grantsOfOldKey: 'die-at-rotate' })
    const { sim, app } = at
    sim.control.grant({ user: 'integration@acme.example', app: 'Sync_App' })
    const staged = await stage(at)
    const assert_ = async (clientId: string): Promise<number> => {
      const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
      const exp = Math.floor(sim.clock.now() / 1000) + 120
      const claims = { iss: clientId, sub: 'integration@acme.example', aud: sim.url, exp }
      const signed = `${part({ alg: 'RS256' })}.${part(claims)}`
      const signature = createSign('RSA-SHA256')
        .update(signed)
        .sign(app.privateKey ?? '', 'base64url')
      const grant_type = 'urn:ietf:params:oauth:grant-type:jwt-bearer'
      return (await token(sim, { grant_type, assertion: `${signed}.${signature}` })).status
    }
    const statuses = [await assert_(app.clientId)]
    await rotate(at, staged.id)
    statuses.push(await assert_(staged.key))
    await rest(sim, at.session, 'DELETE', `${at.path}/staged/${staged.id}`)
    statuses.push(await assert_(staged.key))
    seen[approvalsOfOldKey] = statuses
  }
  assert.deepEqual(seen, {
    survive: [200, 200, 200],
    'die-at-rotate': [200, 400, 400],
    'die-at-removal': [200, 200, 400],
  })
})
