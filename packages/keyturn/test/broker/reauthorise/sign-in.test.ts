/** From a death to a living grant: by the link, by the right person, whatever the org does to what was there before. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { form, until } from '../hall/hall.ts'
import { openBrowser } from './browser.ts'
import { openScene, OTHER, USER } from './scene.ts'
import type { Scene } from './scene.ts'

const refresh = (scene: Scene) => {
  const { id, secret, refreshToken } = scene.caller
  return scene.ask(
    `${scene.url}/services/oauth2/token`,
    form({ grant_type: 'refresh_token', refresh_token: refreshToken, client_id: id, client_secret: secret }),
  )
}

const limits = (scene: Scene, session: string) =>
  scene.ask(`${scene.url}/services/data/v60.0/limits`, { headers: { authorization: `Bearer ${session}` } })

test('a dead grant makes one link, its person signs in, and the same session and refresh token go on', async (t) => {
  const scene = await openScene(t, { section: { reauthorise: { owner: 'anna@acme.example' } } })
  const session = (await refresh(scene)).json.access_token
  assert.equal((await limits(scene, session)).status, 200)
  await scene.die()
  const link = await scene.link()
  const [told] = scene.told
  assert.equal(told?.kind, 'reauthorization-required')
  assert.equal(told?.to, 'anna@acme.example')
  assert.ok(!JSON.stringify(told).includes(link), 'the link is a secret also in the notification')
  // Honest, at once, to come back later, and no reason to throw anything away.
  for (const answer of [await limits(scene, session), await refresh(scene)]) {
    assert.equal(answer.status, 503)
    assert.equal(answer.headers['retry-after'], '60')
    assert.match(answer.text, /REAUTHORISATION_PENDING/)
    assert.doesNotMatch(answer.text, /invalid_grant|INVALID_SESSION/)
  }
  const page = await scene.ask(link)
  assert.equal(page.status, 200)
  for (const text of [USER, 'acme', new URL(scene.sim.url).host, 'the broker', 'anna@acme.example'])
    assert.ok(page.text.includes(text), text)
  assert.doesNotMatch(page.text, /<script|src=|href=|http-equiv/)
  assert.match(String(page.headers['content-security-policy']), /default-src 'none'/)
  assert.equal(page.headers['referrer-policy'], 'no-referrer')
  assert.equal(page.headers['cache-control'], 'no-store')
  const browser = openBrowser(scene)
  const authorize = await browser.press(link)
  assert.equal(authorize.searchParams.get('login_hint'), USER)
  assert.equal(authorize.searchParams.get('code_challenge_method'), 'S256')
  assert.equal(authorize.searchParams.get('redirect_uri'), `${scene.url}/reauthorise/callback`)
  const after = await browser.arrive(await browser.approve(authorize, USER))
  assert.equal(after.first.status, 303)
  assert.match(after.text, /Signed in/)
  assert.match(after.text, /lives again/)
  assert.equal(await scene.status(), 'live')
  assert.equal((await limits(scene, session)).status, 200, 'the virtual session of before')
  assert.equal((await refresh(scene)).status, 200, 'the stable refresh token of before')
  scene.sim.control.expireAccessTokens()
  assert.equal((await limits(scene, session)).status, 200, 'the new refresh token works as well')
  assert.equal(scene.told.length, 1)
  assert.match((await scene.ask(link)).text, /Signed in/)
  const metrics = await scene.metrics()
  for (const event of ['made', 'begun', 'completed'])
    assert.ok(metrics.includes(`keyturn_reauthorisations_total{event="${event}",grant="acme"} 1`), event)
})

test('the wrong user changes nothing: what was bought is revoked, the page says so, the link goes on', async (t) => {
  const scene = await openScene(t)
  await scene.die()
  const link = await scene.link()
  const wrong = await openBrowser(scene).signIn(link, OTHER)
  assert.match(wrong.text, /role="alert"/)
  assert.match(wrong.text, /Sign in as the user named below/)
  assert.equal(await scene.status(), 'reauthorization-required')
  const others = scene.sim.control.oracle().grants.filter(({ live }) => live)
  assert.deepEqual(others, [], 'nothing of the wrong user is left at Salesforce')
  assert.match((await openBrowser(scene).signIn(link)).text, /lives again/)
  assert.equal(await scene.status(), 'live')
})

test('the wrong org changes nothing', async (t) => {
  const scene = await openScene(t)
  await scene.die()
  const link = await scene.link()
  const { identity } = await scene.keyturn.grants.show('acme')
  const body = JSON.stringify({
    access_token: '00Dxx0000000001!bought',
    refresh_token: '5Aepbought-in-another-org',
    instance_url: scene.sim.url,
    id: `${scene.sim.url}/id/00Dxx0000000001EAA/${identity?.userId}`,
    token_type: 'Bearer',
    issued_at: '1',
  })
  scene.sim.control.addFault({
    match: { endpoint: 'token', grantType: 'authorization_code' },
    action: { status: 200, body },
  })
  const wrong = await openBrowser(scene).signIn(link)
  assert.match(wrong.text, /does not fit acme/)
  assert.equal(await scene.status(), 'reauthorization-required')
  assert.equal(
    scene.sim.control.log().filter((event) => event.kind === 'arrived' && event.endpoint === 'revoke').length,
    1,
  )
  assert.match((await openBrowser(scene).signIn(link)).text, /lives again/)
})

test('who declines is told what that means, and can try again by the same link', async (t) => {
  const scene = await openScene(t)
  await scene.die()
  const link = await scene.link()
  const denied = await openBrowser(scene).signIn(link, USER, 'deny')
  assert.match(denied.text, /access_denied/)
  assert.match(denied.text, /Nothing was changed/)
  assert.equal(await scene.status(), 'reauthorization-required')
  assert.match((await openBrowser(scene).signIn(link)).text, /lives again/)
})

test('callers that come while the code is traded are served by what it buys', async (t) => {
  const scene = await openScene(t)
  const session = (await refresh(scene)).json.access_token
  await scene.die()
  const link = await scene.link()
  const browser = openBrowser(scene)
  const callback = await browser.approve(await browser.press(link), USER)
  const fault = scene.sim.control.addFault({
    match: { endpoint: 'token', grantType: 'authorization_code' },
    action: { holdAfter: true },
  })
  const arriving = browser.arrive(callback)
  await scene.sim.control.held({ fault: fault.id, timeoutMs: 60_000 })
  const waiting = [limits(scene, session), refresh(scene)]
  const early = await Promise.race([...waiting, new Promise<null>((resolve) => setImmediate(() => resolve(null)))])
  assert.equal(early, null)
  scene.sim.control.release()
  assert.match((await arriving).text, /lives again/)
  assert.deepEqual(
    (await Promise.all(waiting)).map(({ status }) => status),
    [200, 200],
  )
})

test('a grant that lives is authorised anew: the old token is revoked after the new one works, and only then', async (t) => {
  const scene = await openScene(t)
  const boss = await scene.ask(`${scene.url}/keyturn/v1/grants/acme/reauthorise`, {
    method: 'POST',
    headers: { authorization: scene.caller.basic },
  })
  assert.equal(boss.json.code, 'NOT_ALLOWED', 'a mere caller can’t have a living grant authorised anew')
  const { ask } = await import('./asked.ts')
  const link = await ask(scene)
  const before = (await scene.keyturn.grants.show('acme')).lineage
  const page = await openBrowser(scene).signIn(link)
  assert.match(page.text, /What was left of the old authorisation was revoked/)
  const order = scene.sim.control
    .log()
    .flatMap((event) => (event.kind === 'arrived' ? [`${event.endpoint} ${event.grantType ?? ''}`.trim()] : []))
  const traded = order.indexOf('token authorization_code')
  const revoked = order.lastIndexOf('revoke')
  assert.ok(traded >= 0 && revoked > traded)
  assert.ok(
    order.slice(traded, revoked).some((what) => !/token|revoke/.test(what)),
    order.join(', '),
  )
  assert.ok(
    order.slice(revoked).some((what) => !/token|revoke/.test(what)),
    order.join(', '),
  )
  assert.notEqual((await scene.keyturn.grants.show('acme')).lineage, before)
  assert.equal(scene.sim.control.oracle().grants.filter(({ live }) => live).length, 1)
})

test('where revoking the old takes the new along, that is said, and the next sign-in lasts', async (t) => {
  const scene = await openScene(t, { app: { revokeGrant: 'kills' }, judge: 'ledger' })
  const { ask } = await import('./asked.ts')
  const page = await openBrowser(scene).signIn(await ask(scene))
  assert.match(page.text, /role="alert"/)
  assert.match(page.text, /Salesforce ended the new one with it/)
  assert.match(page.text, /<button/, 'the next link is at hand')
  assert.equal(await scene.status(), 'reauthorization-required')
  await until('the next link is told', () => scene.told.filter(({ link }) => link !== undefined).length === 2)
  assert.match(scene.told.at(-1)?.text ?? '', /ended the new one with it/)
  assert.match(scene.told.at(-1)?.text ?? '', /Keyturn revoked what was left/, 'the death is explained')
  assert.ok(!scene.told.some(({ kind }) => kind === 'token-used-by-somebody-else'), 'and nobody is suspected for it')
  assert.match((await openBrowser(scene).signIn(await scene.link())).text, /lives again/)
  scene.sim.control.expireAccessTokens()
  await scene.keyturn.rejected('acme', (await scene.keyturn.grants.show('acme')).generation)
  assert.equal(await scene.status(), 'live')
  assert.ok((await scene.metrics()).includes('event="died-again",grant="acme"} 1'))
})
