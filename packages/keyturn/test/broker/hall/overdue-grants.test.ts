/** Callers are refused a grant whose credential is overdue, by every face, and get it back at once; the grant lives on. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { blockedKind } from '../../../src/rotation/schedule/blocked-grants.ts'
import { ask, form, openHall } from './hall.ts'

test('a grant that is blocked is closed to callers, with the reason, and never as invalid_grant', async (t) => {
  const hall = await openHall(t)
  const etl = await hall.enrol('etl', { realTokens: true })
  const legacy = await hall.enrol('legacy')
  const headers = { authorization: etl.basic }
  const own = () => ask(`${hall.url}/keyturn/v1/grants/acme/token`, { headers })
  const login = ({ id, secret }: typeof etl) =>
    ask(
      `${hall.url}/services/oauth2/token`,
      form({ grant_type: 'client_credentials', client_id: id, client_secret: secret }),
    )
  assert.equal((await own()).status, 200)
  const session = await login(legacy)
  assert.equal(session.status, 200)
  const call = () =>
    ask(`${hall.url}/services/data/v60.0/limits`, {
      headers: { authorization: `Bearer ${String(session.json.access_token)}` },
    })
  assert.equal((await call()).status, 200)

  const { records } = hall.keyturn.store
  const doc = { v: 1, credentials: ['erp-secret'], since: hall.clock.wall() }
  await records.put({ kind: blockedKind, id: 'acme', doc, expect: null })
  hall.later(2_000)
  const refused = await own()
  assert.deepEqual([refused.status, refused.json.code], [403, 'CREDENTIAL_OVERDUE'])
  assert.match(refused.json.message, /erp-secret/)
  for (const answer of [await login(etl), await login(legacy)]) {
    assert.equal(answer.status, 503)
    assert.equal(answer.json.error, 'temporarily_unavailable')
    assert.match(answer.json.error_description, /CREDENTIAL_OVERDUE/)
    assert.equal(answer.headers['retry-after'], '300')
  }
  const through = await call()
  assert(through.status >= 400, String(through.status))
  assert.doesNotMatch(JSON.stringify(through.json), /INVALID_SESSION_ID/, 'a client would log in again and again')
  assert.notEqual(await hall.keyturn.token('acme'), null, 'who has the store has the grant')

  await records.remove(blockedKind, 'acme')
  hall.later(2_000)
  assert.equal((await own()).status, 200)
  assert.equal((await login(etl)).status, 200)
  assert.equal((await call()).status, 200)
})
