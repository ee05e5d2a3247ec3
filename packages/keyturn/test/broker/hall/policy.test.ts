/** A policy that changes while sessions live, and what is said about networks of real tokens. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkBroker } from '../../../src/broker/check-broker.ts'
import { brokerSettings } from '../../../src/broker/broker-settings.ts'
import { brokerSection } from '../../../src/config/broker-section.ts'
import { systemClock } from '@keyturn/tokens'
import { ask, DAY, form, openHall } from './hall.ts'
import type { Hall, Told } from './hall.ts'

const login = async (hall: Hall, name: string, more = {}): Promise<string> => {
  const { id, secret } = await hall.enrol(name, more)
  hall.later(1000)
  const fields = { grant_type: 'client_credentials', client_id: id, client_secret: secret }
  return String((await ask(`${hall.url}/services/oauth2/token`, form(fields))).json.access_token)
}

const call = (hall: Hall, token: string, method = 'GET'): Promise<Told> =>
  ask(`${hall.url}/services/data/v60.0/`, { method, headers: { authorization: `Bearer ${token}` } })

test('a changed policy holds for sessions that live, is in the ledger, and what is not named stays', async (t) => {
  const hall = await openHall(t)
  const token = await login(hall, 'etl', { perMinute: 100 })
  const status = async (): Promise<number> => {
    hall.later(1000)
    return (await call(hall, token)).status
  }
  assert.equal(await status(), 200)
  const narrow = await hall.manage.set('etl', { paths: [{ method: 'GET', prefix: '/services/data/v60.0/query' }] })
  assert.deepEqual([narrow.changed, narrow.caller.doc.rate], [['paths'], { perMinute: 100 }])
  assert.equal(await status(), 403)
  await hall.manage.set('etl', { paths: null, ranges: ['192.0.2.0/24'] })
  assert.equal(await status(), 401)
  await hall.manage.set('etl', { ranges: ['127.0.0.1'], perMinute: null })
  assert.equal(await status(), 200)
  await hall.manage.set('etl', { expiresAt: hall.clock.wall() })
  assert.equal(await status(), 401)
  await hall.manage.set('etl', { expiresAt: null })
  assert.equal(await status(), 200)
  assert.deepEqual((await hall.manage.set('etl', { expiresAt: null })).changed, [])
  const entries = (await hall.keyturn.store.ledger(1, 1000)).filter(({ kind }) => kind === 'caller-changed')
  assert.deepEqual(
    entries.map(({ data }) => data['changed']),
    ['paths', 'paths ranges', 'ranges rate', 'expiresAt', 'expiresAt'],
  )
  assert.equal(entries[1]?.data['new.ranges'], '["192.0.2.0/24"]')
})

test('what makes no policy is refused, and of two changes at once one is', async (t) => {
  const hall = await openHall(t)
  await hall.enrol('etl')
  for (const wrong of [
    { ranges: [] },
    { grants: [] },
    { faces: [] },
    { ranges: ['1.2.3'] },
    { perMinute: 0 },
    { audiences: ['https://login.salesforce.com'] },
    { paths: [{ method: 'GET', prefix: 'x' }] },
  ])
    await assert.rejects(hall.manage.set('etl', wrong), { code: 'BAD_ARGUMENT' })
  await assert.rejects(hall.manage.set('etl', { grants: ['other'] }), { code: 'GRANT_NOT_FOUND' })
  await assert.rejects(hall.manage.set('nobody', { perMinute: 1 }), { code: 'CALLER_NOT_FOUND' })
  const both = await Promise.allSettled([
    hall.manage.set('etl', { perMinute: 1 }),
    hall.manage.set('etl', { perMinute: 2 }),
  ])
  const [lost] = both.filter((one) => one.status === 'rejected')
  assert.equal(both.filter(({ status }) => status === 'fulfilled').length, 1)
  assert.equal((lost?.reason as { code: string } | undefined)?.code, 'CLAIM_LOST')
})

test('an operator changes a policy over the API, and nobody else does', async (t) => {
  const hall = await openHall(t)
  const etl = await hall.enrol('etl')
  const boss = await hall.enrol('boss', { operator: true })
  const patch = (authorization: string, body: object): Promise<Told> =>
    ask(`${hall.url}/keyturn/v1/callers/etl`, {
      method: 'PATCH',
      headers: { authorization, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
  const changed = await patch(boss.basic, { perMinute: 7 })
  assert.deepEqual([changed.status, changed.json.changed, changed.json.caller.perMinute], [200, ['rate'], 7])
  assert.deepEqual(changed.json.caller.faces, ['oauth', 'soap', 'proxy', 'api'], 'a default is no change')
  assert.equal((await patch(etl.basic, { operator: true })).status, 403)
  assert.equal((await patch(boss.basic, { secret: 'x' })).status, 400)
})

test('callers of one grant that get real tokens in different networks are warned about', async (t) => {
  const hall = await openHall(t)
  const add = (name: string, ranges: readonly string[], realTokens = true) =>
    hall.manage.add({
      name,
      grants: ['acme'],
      faces: ['oauth'],
      ranges,
      realTokens,
      expiresAt: hall.clock.wall() + DAY,
    })
  assert.deepEqual((await add('one', ['10.1.0.0/16'])).warnings, [])
  assert.deepEqual((await add('within', ['10.1.7.0/24'])).warnings, [])
  assert.deepEqual((await add('virtual', ['192.0.2.0/24'], false)).warnings, [])
  const check = async (): Promise<readonly string[]> => {
    const settings = await brokerSettings(brokerSection.parse({ listen: [{ port: 0 }] }), hall.folder, {})
    const facts = await checkBroker(settings, hall.keyturn, hall.manage, systemClock)
    return facts.filter(({ text }) => text.includes('scattered')).map(({ status, text }) => `${status} ${text}`)
  }
  assert.deepEqual(await check(), [])
  const [warning = ''] = (await add('far', ['192.0.2.0/24'])).warnings
  assert.match(warning, /Real tokens of acme go to different networks \(far, one, within\)/)
  assert.deepEqual(await check(), [`warning ${warning}`])
  assert.equal((await hall.manage.set('far', { ranges: ['10.1.0.9'] })).warnings.length, 0)
  assert.equal((await hall.manage.set('within', { ranges: ['198.51.100.0/24'] })).warnings.length, 1)
  const [kept = ''] = (await hall.manage.set('within', { realTokens: false })).warnings
  assert.match(kept, /keeps the real tokens it was handed/)
})

test('real tokens that are fetched from different networks are noticed by what is observed', async (t) => {
  const hall = await openHall(t, { section: { trustedProxies: ['127.0.0.1'] } })
  const etl = await hall.enrol('etl', { realTokens: true, ranges: ['192.0.2.0/24', '198.51.100.0/24'] })
  hall.later(1000)
  const from = async (address: string): Promise<void> => {
    const asked = form({ grant_type: 'client_credentials', client_id: etl.id, client_secret: etl.secret })
    const headers = { ...asked.headers, 'x-forwarded-for': address }
    assert.equal((await ask(`${hall.url}/services/oauth2/token`, { ...asked, headers })).status, 200)
  }
  const warned = (): boolean => hall.lines.some((line) => line.includes('go to different networks'))
  await from('192.0.2.7')
  await from('192.0.2.8')
  assert.equal(warned(), false)
  const direct = { headers: { authorization: etl.basic, 'x-forwarded-for': '198.51.100.7' } }
  assert.equal((await ask(`${hall.url}/keyturn/v1/grants/acme/token`, direct)).status, 200)
  assert.equal(warned(), true, 'the own API hands out real tokens, too')
})
