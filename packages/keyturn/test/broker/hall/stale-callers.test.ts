/** While the store does not answer nobody is called unknown: it may know by now what this replica does not. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { KeyturnError, Secret, systemClock } from '@keyturn/tokens'
import type { Presented } from '../../../src/broker/caller.ts'
import { openCallers } from '../../../src/broker/callers/open-callers.ts'
import { openLog } from '../../../src/broker/log.ts'
import { DAY, openHall } from './hall.ts'

test('who was enrolled or rotated just before an outage is told of the outage, and who was known goes on', async (t) => {
  const hall = await openHall(t)
  let [out, moved] = [false, 0]
  const { store } = hall.keyturn
  const version = () => {
    if (out) throw new KeyturnError('STORE_UNAVAILABLE', 'away')
    return store.version()
  }
  const clock = {
    ...systemClock,
    wall: hall.clock.wall,
    boot: () => moved,
    sleep: () => new Promise<void>(() => undefined),
  }
  const callers = openCallers({
    keyturn: { ...hall.keyturn, store: { ...store, version } },
    clock,
    log: openLog({ clock, level: 'silent', write: () => undefined }),
    uses: { count: () => undefined, flush: () => Promise.resolve(), close: () => Promise.resolve() },
    staleMax: 60_000,
  })
  const come = (presented: Presented) => callers.authenticate(presented, { address: '127.0.0.1', face: 'oauth' })
  const refresh = (token: string, id: string, secret: string) =>
    come({ kind: 'refresh-token', token: new Secret(token), clientId: id, clientSecret: new Secret(secret) })
  const known = await hall.enrol('known')
  assert.equal((await refresh(known.refreshToken, known.id, known.secret))?.name, 'known')
  const late = await hall.enrol('late')
  const { secret, refreshTokens } = await hall.manage.rotate('known', DAY)
  const rotated = { secret: secret.reveal(), token: refreshTokens['acme']?.reveal() ?? '' }
  out = true
  moved += 1000
  const away = { code: 'STORE_UNAVAILABLE' }
  assert.equal((await refresh(known.refreshToken, known.id, known.secret))?.name, 'known')
  await assert.rejects(refresh(late.refreshToken, late.id, late.secret), away)
  await assert.rejects(refresh(rotated.token, known.id, rotated.secret), away)
  await assert.rejects(callers.byId(late.id), away)
  assert.equal((await callers.byId(known.id))?.name, 'known')
  out = false
  moved += 1000
  assert.equal((await refresh(late.refreshToken, late.id, late.secret))?.name, 'late')
  assert.equal((await refresh(rotated.token, known.id, rotated.secret))?.name, 'known')
  assert.equal(await refresh('x', known.id, rotated.secret), null)
})
