/** What a watch makes of what it sees: sightings by hand, and a loop on a clock of its own. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { KeyturnError } from '@keyturn/tokens'
import type { Clock } from '@keyturn/tokens'
import type { OrgConnection } from '../../../src/org/connection.ts'
import { looker } from '../../../src/posture/rtr/sightings.ts'
import type { Look, Sighting } from '../../../src/posture/rtr/sightings.ts'
import { watch, watchState } from '../../../src/posture/rtr/watch.ts'
import type { WatchState } from '../../../src/posture/rtr/watch.ts'

const since = Date.UTC(2026, 10, 22, 9)
const span = { began: since - 10_000, since: since + 300 }
const seen = (changes: Partial<Sighting> = {}): Sighting => ({
  at: since + 60_000,
  application: 'Erp',
  user: 'erp@acme.example',
  program: 'sync-job',
  address: '203.0.113.10',
  way: 'OauthRefreshToken',
  worked: true,
  status: 'Success',
  ...changes,
})
const dead = { worked: false, status: 'Failed: Invalid Token' }
const look = (...sightings: readonly Sighting[]): Look => ({ at: since + 120_000, sightings, tokens: {} })
const states = (...sightings: readonly Sighting[]): readonly string[] =>
  watchState(span, {}, look(...sightings)).clients.map(({ state }) => state)

test('one refresh proves nothing, the second does; logins and what came before the switch prove nothing', () => {
  assert.deepEqual(states(seen()), ['seen'])
  assert.deepEqual(states(seen(), seen()), ['proved'])
  assert.deepEqual(states(seen(), seen({ way: 'OauthWebServer' })), ['seen'])
  assert.deepEqual(states(seen({ at: since - 60_000 }), seen()), ['seen'])
  assert.deepEqual(states(seen({ at: since - 5_000 }), seen()), ['seen'], 'while it was being switched')
  assert.deepEqual(states(seen({ at: since }), seen()), ['proved'], 'the login history knows seconds only')
  assert.deepEqual(states(seen(), seen({ user: 'b@acme.example' })), ['seen', 'seen'], 'two users are two clients')
})

test('a refusal is a death; an overlap, a wrong address and a failed login of a person are none', () => {
  assert.deepEqual(states(seen(), seen(dead)), ['refused'])
  assert.deepEqual(states(seen({ ...dead, at: since - 5_000 })), ['refused'], 'while it was being switched')
  const overlap = seen({ worked: false, status: 'Failed: Token request is already being processed' })
  const state = watchState(span, {}, look(overlap))
  assert.equal(state.failed, false)
  assert.equal(state.overlaps, 1)
  assert.equal(watchState(span, {}, look(seen({ worked: false, status: 'Restricted IP' }))).failed, false)
  assert.equal(watchState(span, {}, look(seen({ ...dead, way: 'UsernamePasswordUiLogin' }))).failed, false)
})

test('who was refused before the switch and never got in since is no victim of it; who did is', () => {
  const before = seen({ ...dead, at: since - 3_000_000 })
  assert.deepEqual(states(before, seen(dead)), ['dead-before'])
  assert.equal(watchState(span, {}, look(before, seen(dead))).failed, false)
  assert.deepEqual(states(before, seen(), seen(dead)), ['refused'])
  assert.deepEqual(states(seen({ at: since - 3_000_000 }), seen(dead)), ['refused'])
  assert.deepEqual(states(before), [], 'and who was not seen since is not shown')
})

test('tokens that vanish are a failure; what can’t be seen is said and is none', () => {
  const before = { a: 2, b: 1 }
  const state = watchState(span, before, { at: since, sightings: [], tokens: { a: 1, c: 1 } })
  assert.deepEqual(state.lostTokens, [
    { user: 'a', before: 2, now: 1 },
    { user: 'b', before: 1, now: 0 },
  ])
  assert.equal(state.failed, true)
  const blind = watchState(span, before, { at: since, sightings: null, tokens: null })
  assert.equal(blind.failed, false)
  assert.equal(blind.blind.length, 2)
  assert.equal(
    watchState(span, null, { at: since, sightings: [], tokens: {} }).failed,
    false,
    'nothing to compare with',
  )
})

const looping = async (looks: readonly (Look | Error)[], until = since + 60 * 60_000) => {
  let now = since
  const clock: Clock = {
    wall: () => now,
    boot: () => now,
    offset: () => 0,
    sleep: (ms) => {
      now += ms
      return Promise.resolve()
    },
  }
  const left = [...looks]
  const told: WatchState[] = []
  const ended = watch({
    ...span,
    until,
    every: 60_000,
    before: {},
    clock,
    look: (at) => {
      const next = left.length > 1 ? left.shift() : left[0]
      return next instanceof Error ? Promise.reject(next) : Promise.resolve({ ...(next ?? look()), at })
    },
    tell: (state) => void told.push(state),
  })
  return { state: await ended, told, now: () => now }
}

test('it looks until the time is over, or somebody died; an org that is away is asked again', async () => {
  const whole = await looping([look()])
  assert.equal(whole.now(), since + 60 * 60_000)
  assert.equal(whole.told.length, 61)
  const away = new KeyturnError('ORG_UNAVAILABLE', 'away')
  const died = await looping([look(), away, away, look(seen(dead))])
  assert.equal(died.state.failed, true)
  assert.equal(died.now(), since + 3 * 60_000)
  await assert.rejects(looping([away]), /away/, 'never seen anything: that is no success')
  await assert.rejects(looping([look(), new KeyturnError('ORG_REFUSED', 'no')]), /no/)
})

test('a token that vanished before its refusal was read: the next look says whose it was', async () => {
  const lost: Look = { at: since, sightings: [], tokens: {} }
  let looks = 0
  const state = await watch({
    ...span,
    until: since + 60_000,
    every: 1_000,
    before: { a: 1 },
    clock: { wall: () => since, boot: () => 0, offset: () => 0, sleep: () => Promise.resolve() },
    look: () => Promise.resolve(looks++ === 0 ? lost : { ...lost, sightings: [seen(dead)] }),
    tell: () => undefined,
  })
  assert.equal(state.clients[0]?.state, 'refused')
})

test('a token of another app of the same name does not make up for one that died', async () => {
  const row = (user: string, id: string | null, name = 'Erp'): object => ({
    AppName: name,
    AppMenuItem: id === null ? null : { ApplicationId: id },
    User: { Username: user },
    UserId: '005000000000001AAA',
  })
  const rows = [
    row('kept@acme.example', '0H4000000000001AAA'),
    row('died@acme.example', '0xI000000000009AAA'),
    row('unlinked@acme.example', null),
    row('renamed@acme.example', '0H4000000000001AAA', 'Erp before'),
    row('stranger@acme.example', null, 'Erp before'),
  ]
  const org = { query: () => Promise.resolve(rows) } as unknown as OrgConnection
  const app = { id: '0H4000000000001', name: 'Erp', label: 'Erp', namespace: null }
  const watched = { names: ['Erp', 'Erp before'], since, seesLogins: false, tokensOf: app }
  const { tokens } = await looker(org, watched)(since)
  assert.deepEqual(tokens, { 'kept@acme.example': 1, 'unlinked@acme.example': 1, 'renamed@acme.example': 1 })
})
