/** A token endpoint (or something in front of it) that answers with malice: nothing leaks, nothing is lost by our doing. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inspect } from 'node:util'
import { gzipSync } from 'node:zlib'
import { verifyStoreLedger } from '../../src/ledger/export.ts'
import { WAIT } from '../conformance/org.ts'
import { ALICE, hostileEndpoint, json, ORG, OTHER_ORG, success } from './hostile-endpoint.ts'

const MINUTE = 60_000

for (const [evil, says] of [
  ['https://evil.example', /evil\.example/],
  ['http://acme.my.salesforce.com', /TLS/],
  ['https://acme.my.salesforce.com.evil.example', /evil\.example/],
  ['https://user@evil.example', /user or password/],
  ['javascript:alert(1)', /https/],
] as const) {
  test(`an instance_url of ${evil} gets no token: the answer is kept, the grant blocked, and a person is told`, async (t) => {
    const scene = await hostileEndpoint(t)
    const sold = success(scene.url, { instance_url: evil })
    scene.serve((_request, answer) => json(answer, sold))
    await scene.add('acme')
    assert.equal(await scene.ask('acme'), 'GRANT_BLOCKED')
    const view = await scene.keyturn.grants.show('acme')
    assert.equal(view.status, 'blocked')
    assert.equal(view.why?.code, 'instance-refused')
    assert.match(view.why?.text ?? '', says)
    // What was sold is not lost: the next exchange spends the successor.
    const kept = await scene.keyturn.store.secret(view.id, 'refreshToken')
    assert.equal(kept?.reveal(), sold.refresh_token)
    assert.equal(await scene.ask('acme'), 'GRANT_BLOCKED')
    assert.equal(scene.sent.length, 1, 'and it is not asked again and again')
    scene.serve((_request, answer) => json(answer, success(scene.url)))
    await scene.keyturn.grants.retry('acme')
    assert.equal(await scene.ask('acme'), 'ok')
    assert.deepEqual(scene.sent, ['5Aep861-first-acme', sold.refresh_token])
  })
}

test('an instance host that was allowed by name is used', async (t) => {
  const scene = await hostileEndpoint(t, { allowHosts: ['crm.corp.example'] })
  scene.serve((_request, answer) => json(answer, success(scene.url, { instance_url: 'https://crm.corp.example' })))
  await scene.add('acme')
  assert.equal((await scene.keyturn.token('acme')).instanceUrl, 'https://crm.corp.example')
})

test('a machine flow whose answer points elsewhere fails, and its token goes nowhere', async (t) => {
  const scene = await hostileEndpoint(t)
  scene.serve((_request, answer) => json(answer, success(scene.url, { instance_url: 'https://evil.example' })))
  await scene.keyturn.grants.add({
    name: 'machine',
    loginUrl: scene.url,
    clientId: 'client',
    clientSecret: 'shh',
    flow: 'client_credentials',
  })
  await assert.rejects(scene.keyturn.token('machine'), (error: Error) => /evil\.example/.test(error.message))
})

for (const [name, more] of [
  ['another org', { id: `https://login.salesforce.com/id/${OTHER_ORG}/${ALICE}` }],
  ['an instance elsewhere', { instance_url: 'https://evil.example' }],
] as const) {
  test(`renewed ahead of time with ${name}, the token in hand is served to its end and never replaced`, async (t) => {
    const scene = await hostileEndpoint(t)
    const first = success(scene.url)
    scene.serve((_request, answer) => json(answer, first))
    await scene.add('acme', { identity: { orgId: ORG, userId: ALICE }, sessionTimeout: MINUTE })
    assert.equal((await scene.keyturn.token('acme')).accessToken, first.access_token)
    const other = success(scene.url, more)
    scene.serve((_request, answer) => json(answer, other))
    scene.advance(55_000)
    await scene.keyturn.sweep()
    assert.equal(scene.sent.length, 2)
    assert.equal((await scene.keyturn.grants.show('acme')).status, 'blocked')
    const fresh = await scene.open()
    for (const keyturn of [scene.keyturn, fresh]) {
      const token = await keyturn.token('acme')
      assert.deepEqual([token.accessToken, token.instanceUrl], [first.access_token, scene.url])
    }
  })
}

test('the successor that another grant holds ends this grant, and neither crashes nor sends anything twice', async (t) => {
  const scene = await hostileEndpoint(t)
  await scene.add('one')
  await scene.add('two')
  scene.serve((_request, answer) => json(answer, success(scene.url, { refresh_token: '5Aep861-first-two' })))
  assert.equal(await scene.ask('one'), 'GRANT_DEAD')
  const view = await scene.keyturn.grants.show('one')
  assert.equal(view.status, 'reauthorization-required')
  assert.match(view.why?.text ?? '', /two/)
  assert.equal(view.state.spend, null)
  assert.equal(await scene.ask('one'), 'GRANT_DEAD')
  assert.deepEqual(scene.sent, ['5Aep861-first-one'])
  // Nothing is left for a restart to stumble over, and the other grant goes on.
  await scene.keyturn.close()
  scene.serve((_request, answer) => json(answer, success(scene.url)))
  const again = await scene.open()
  assert.equal(await scene.ask('two', again), 'ok')
  assert.equal(await scene.ask('one', again), 'GRANT_DEAD')
  assert.equal((await verifyStoreLedger(again.store)).ok, true)
})

test('a refresh token that is the old one again is no rotation and no trouble', async (t) => {
  const scene = await hostileEndpoint(t)
  scene.serve((request, answer) => json(answer, success(scene.url, { refresh_token: request.get('refresh_token') })))
  await scene.add('acme')
  const { generation } = await scene.keyturn.token('acme')
  scene.advance(2 * MINUTE)
  assert.equal((await scene.keyturn.rejected('acme', generation)).generation, generation + 1)
  assert.deepEqual(scene.sent, ['5Aep861-first-acme', '5Aep861-first-acme'])
})

const nested = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`
const bombs: readonly (readonly [string, string | Buffer, Readonly<Record<string, string>>?])[] = [
  ['two megabytes of blanks', Buffer.alloc(2_000_000, 32)],
  ['a deep nest', `{"access_token":${nested(100_000)}}`],
  ['members without end', `{${Array.from({ length: 20_000 }, (_, n) => `"a${n}":1`).join(',')}}`],
  [
    'tokens that are objects',
    '{"access_token":{"toString":"x"},"refresh_token":["a"],"__proto__":{"access_token":"x"}}',
  ],
  ['an array', '[{"access_token":"00Dx!a"},{"access_token":"00Dx!b"}]'],
  ['a compressed bomb', gzipSync(Buffer.alloc(50_000_000, 32)), { 'content-encoding': 'gzip' }],
  ['an unknown coding', '{"access_token":"00Dx!a"}', { 'content-encoding': 'rot13' }],
  ['escapes without end', `{"refresh_token":"${'\\"'.repeat(120_000)}`],
  ['HTML', '<html><script>refresh_token="5Aep"</script></html>', { 'content-type': 'text/html' }],
  ['nothing', ''],
  ['bytes that are no text', Buffer.from('fffe00d8', 'hex')],
]

for (const [name, body, headers] of bombs) {
  test(`an answer of ${name} is a doubt, and the next exchange works`, async (t) => {
    const scene = await hostileEndpoint(t)
    scene.serve((_request, answer) => void answer.writeHead(200, headers).end(body))
    await scene.add('acme')
    assert.equal(await scene.ask('acme'), 'GRANT_IN_DOUBT')
    assert.equal((await scene.keyturn.grants.show('acme')).state.doubt?.finishedAt !== null, true)
    assert.equal(scene.sent.length, 1)
    scene.serve((_request, answer) => json(answer, success(scene.url)))
    scene.advance(10 * MINUTE)
    assert.equal(await scene.ask('acme'), 'ok')
  })
}

test('answers that never hold an access token are a few exchanges, not a storm', async (t) => {
  const scene = await hostileEndpoint(t)
  scene.serve((_request, answer) => json(answer, { ...success(scene.url), access_token: undefined }))
  await scene.add('acme')
  assert.equal(await scene.ask('acme'), 'EXCHANGE_TIMEOUT')
  assert.ok(scene.sent.length <= 4, `${scene.sent.length} exchanges`)
  assert.equal(new Set(scene.sent).size, scene.sent.length, 'each token once')
  scene.serve((_request, answer) => json(answer, success(scene.url)))
  assert.equal(await scene.ask('acme'), 'ok')
})

test('an error that echoes what it was sent makes nobody print it', async (t) => {
  const scene = await hostileEndpoint(t)
  for (const [n, [error, status]] of (
    [
      ['invalid_grant', 400],
      ['strange', 403],
      ['invalid_client', 401],
    ] as const
  ).entries()) {
    const secret = `5Aep861${n}.echoed_echoed/echoed=echoed${n}`
    scene.serve((request, answer) =>
      json(
        answer,
        { error, error_description: `expired access/refresh token ${request.get('refresh_token')} \u001b[2J` },
        status,
      ),
    )
    await scene.add(`g${n}`, { refreshToken: secret })
    const thrown = await scene.keyturn.token(`g${n}`).catch((caught: unknown) => caught)
    const view = await scene.keyturn.grants.show(`g${n}`)
    const ledger = await scene.keyturn.store.ledger(1, 1_000)
    const everything = `${inspect(thrown, { depth: 9 })}${JSON.stringify([thrown, view, ledger])}`
    assert.ok(!everything.includes(secret) && !everything.includes('\\u001b'), everything)
    assert.match(view.why?.text ?? '', /expired access\/refresh token \[removed\]/)
  }
})

test('tokens are taken from an answer whatever it calls itself, also out of a body that goes on for ever', async (t) => {
  for (const type of ['text/html', 'image/png', 'application/x-www-form-urlencoded', '']) {
    const scene = await hostileEndpoint(t)
    const body = success(scene.url)
    scene.serve((_request, answer) => void answer.writeHead(200, { 'content-type': type }).end(JSON.stringify(body)))
    await scene.add('acme')
    assert.equal((await scene.keyturn.token('acme')).accessToken, body.access_token)
  }
  const scene = await hostileEndpoint(t)
  const body = success(scene.url)
  scene.serve((_request, answer) => {
    answer.writeHead(200).write(JSON.stringify(body).slice(0, -1))
    const more = (): void =>
      void (answer.destroyed || (answer.write(`,"x${'x'.repeat(60_000)}":1`) && setImmediate(more)))
    answer.on('drain', more)
    more()
  })
  await scene.add('acme')
  assert.equal((await scene.keyturn.token('acme')).accessToken, body.access_token)
})

test('an answer that drips without end is a doubt for its callers and ends at the second limit', async (t) => {
  const scene = await hostileEndpoint(t)
  let open = 0
  scene.serve((_request, answer) => {
    open += 1
    answer.writeHead(200).flushHeaders()
    const drip = setInterval(() => void answer.write(' '), 5)
    answer.on('close', () => {
      clearInterval(drip)
      open -= 1
    })
  })
  await scene.add('acme')
  const asking = scene.ask('acme')
  while (scene.sent.length === 0) await scene.options.clock?.sleep(5)
  scene.advance(WAIT + 1_000)
  assert.equal(await asking, 'GRANT_IN_DOUBT')
  assert.deepEqual([open, (await scene.keyturn.grants.show('acme')).state.doubt?.finishedAt], [1, null])
  scene.advance(10 * MINUTE)
  for (let tries = 0; open > 0 && tries < 500; tries++) await scene.options.clock?.sleep(5)
  assert.equal(open, 0)
  for (let tries = 0; tries < 500; tries++) {
    if ((await scene.keyturn.grants.show('acme')).state.doubt?.finishedAt != null) break
    await scene.options.clock?.sleep(5)
  }
  scene.serve((_request, answer) => json(answer, success(scene.url)))
  scene.advance(10 * MINUTE)
  assert.equal(await scene.ask('acme'), 'ok')
})
