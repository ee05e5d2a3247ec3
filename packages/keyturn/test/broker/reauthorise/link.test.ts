/** What is done to links and callbacks by previews, hurried fingers, thieves and forgers; and what of it may be seen. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { systemClock } from '@keyturn/tokens'
import { reauthorisationKind } from '../../../src/broker/reauthorise/reauthorisation-record.ts'
import type { ReauthorisationDoc } from '../../../src/broker/reauthorise/reauthorisation-record.ts'
import { loginOf, openReauthorisations } from '../../../src/broker/reauthorise/reauthorisations.ts'
import type { DeathVerdict } from '../../../src/forensics/verdict.ts'
import { until } from '../hall/hall.ts'
import { ask } from './asked.ts'
import { openBrowser } from './browser.ts'
import { openScene, DAY, USER } from './scene.ts'
import type { Scene } from './scene.ts'

const codes = (scene: Scene): number =>
  scene.sim.control.log().filter((event) => event.kind === 'arrived' && event.grantType === 'authorization_code').length

const record = async (scene: Scene) => {
  const { id } = await scene.keyturn.grants.show('acme')
  return (await scene.keyturn.store.records.get(reauthorisationKind, id))?.doc
}

const theft: DeathVerdict = {
  verdict: 'somebody-else',
  cause: 'nobody-here-spent-it',
  text: 'Nobody here spent the token that Salesforce says was used.',
  certainty: 'likely',
  evidence: [{ at: 1_700_000_000_000, text: 'the last exchange here was answered and kept', entry: 3 }],
  next: 'Look for copies of the token.',
}

test('previews look at a link as often as they like: nothing begins and nothing is used up', async (t) => {
  const scene = await openScene(t)
  await scene.die()
  const link = await scene.link()
  await until('told', async () => (await record(scene)) !== undefined && scene.told.length === 1)
  for (const method of ['GET', 'HEAD', 'GET', 'HEAD']) assert.equal((await scene.ask(link, { method })).status, 200)
  assert.match(JSON.stringify(await record(scene)), /"begun":0/)
  assert.match((await openBrowser(scene).signIn(link)).text, /lives again/)
})

test('a double click begins two logins of one browser; whichever comes back first counts, the other ends well', async (t) => {
  const scene = await openScene(t)
  await scene.die()
  const link = await scene.link()
  const browser = openBrowser(scene)
  const first = await browser.press(link)
  const second = await browser.press(link)
  assert.notEqual(first.searchParams.get('state'), second.searchParams.get('state'))
  const [one, two] = [await browser.approve(first, USER), await browser.approve(second, USER)]
  const pages = await Promise.all([browser.arrive(one), browser.arrive(two), browser.arrive(one)])
  for (const page of pages) assert.match(page.text, /Signed in/)
  assert.equal(codes(scene), 1, 'one code was traded')
  assert.equal(await scene.status(), 'live')
})

test('a callback that comes again trades nothing again', async (t) => {
  const scene = await openScene(t)
  await scene.die()
  const browser = openBrowser(scene)
  const callback = await browser.approve(await browser.press(await scene.link()), USER)
  assert.match((await browser.arrive(callback)).text, /lives again/)
  const { lineage } = await scene.keyturn.grants.show('acme')
  assert.match((await browser.arrive(callback)).text, /Signed in/)
  assert.equal(codes(scene), 1)
  assert.equal((await scene.keyturn.grants.show('acme')).lineage, lineage)
})

test('one callback that reaches two replicas at once is traded by one of them; both say how it went', async (t) => {
  const scene = await openScene(t)
  const other = await scene.replica()
  await scene.die()
  const browser = openBrowser(scene)
  const callback = await browser.approve(await browser.press(await scene.link()), USER)
  const pages = await Promise.all([browser.arrive(callback), browser.arrive(callback, other.url)])
  for (const page of pages) assert.match(page.text, /Signed in/)
  assert.equal(codes(scene), 1)
  assert.equal(scene.told.length, 1, 'and one of them told')
})

test('behind HTTPS the cookie is bound to this host and to HTTPS, and the callback is the public address', async (t) => {
  const scene = await openScene(t, { section: { publicUrl: 'https://broker.example' } })
  await scene.die()
  const link = await scene.link()
  assert.match(link, /^https:\/\/broker\.example\/reauthorise\//)
  const begun = await scene.ask(link.replace('https://broker.example', scene.url), { method: 'POST' })
  assert.match(
    String(begun.headers['set-cookie']),
    /^__Host-keyturn-[0-9a-f]{12}=[\w.-]+; Path=\/; Max-Age=900; HttpOnly; SameSite=Lax; Secure$/,
  )
  const authorize = new URL(String(begun.headers['location']))
  assert.equal(authorize.searchParams.get('redirect_uri'), 'https://broker.example/reauthorise/callback')
  const policy = String(
    (await scene.ask(link.replace('https://broker.example', scene.url))).headers['content-security-policy'],
  )
  assert.match(
    policy,
    /^default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'; form-action 'self' https:/,
  )
})

test('a forged state, another browser, a stranger’s callback and a used link are refused, and the link still works', async (t) => {
  const scene = await openScene(t)
  await scene.die()
  const link = await scene.link()
  const browser = openBrowser(scene)
  const callback = await browser.approve(await browser.press(link), USER)
  const [, thief] = [browser, openBrowser(scene)]
  const stolen = await thief.arrive(callback)
  assert.deepEqual([stolen.status, /Another browser/.test(stolen.text)], [400, true])
  const state = new URL(callback).searchParams.get('state') ?? ''
  const base = `${scene.url}/reauthorise/callback`
  const token = link.split('/').at(-1) ?? ''
  const flipped = `${state.slice(0, -2)}${state.endsWith('AA') ? 'BB' : 'AA'}`
  for (const query of [
    '',
    '?code=x',
    `?code=x&state=`,
    `?code=x&state=${flipped}`,
    `?code=x&state=${token}`,
    `?code=x&state=${state}&state=${state}`,
    `?code=x&state=${'A'.repeat(5000)}`,
    '?code=x&state=%00.%00',
    '?error=access_denied&state=nobody',
  ]) {
    const answer = await browser.arrive(`${base}${query}`)
    assert.equal(answer.status, 400, query)
    assert.match(answer.text, /Not this sign-in/)
  }
  for (const path of ['x', `${token}x`, token.slice(1), flipped, state, '%2e%2e', 'A'.repeat(190)]) {
    for (const method of ['GET', 'POST']) {
      const answer = await scene.ask(`${scene.url}/reauthorise/${path}`, { method })
      assert.equal(answer.status, 404, `${method} ${path}`)
    }
  }
  const nothing = await browser.arrive(`${base}?state=${state}`)
  assert.match(nothing.text, /Nothing arrived/)
  assert.equal(codes(scene), 0, 'no code was sent for any of them')
  const metrics = await scene.metrics()
  assert.match(metrics, /keyturn_reauthorisation_refusals_total\{why="state"\} 9/)
  assert.match(metrics, /keyturn_reauthorisation_refusals_total\{why="browser"\} 1/)
  assert.match((await browser.arrive(callback)).text, /lives again/)
  const used = await scene.ask(link, { method: 'POST' })
  assert.equal(used.status, 303)
  assert.equal(new URL(String(used.headers['location']), scene.url).href, link, 'back to the page that says it is done')
})

test('what Salesforce says in an error is shown as text, whatever it is', async (t) => {
  const scene = await openScene(t)
  await scene.die()
  const browser = openBrowser(scene)
  const authorize = await browser.press(await scene.link())
  const state = authorize.searchParams.get('state') ?? ''
  const query = new URLSearchParams({ error: '<script>alert(1)</script>', error_description: '"><img src=x>', state })
  const page = await browser.arrive(`${scene.url}/reauthorise/callback?${query}`)
  assert.match(page.text, /&#60;script&#62;/)
  assert.doesNotMatch(page.text, /<script|<img/)
})

test('a link that ran out does nothing, a login that took too long neither; a fresh link is made and told', async (t) => {
  const scene = await openScene(t)
  await scene.die()
  const old = await scene.link()
  const browser = openBrowser(scene)
  const slow = await browser.approve(await browser.press(old), USER)
  scene.later(16 * 60_000)
  assert.match((await browser.arrive(slow)).text, /Too late/)
  const callback = await browser.approve(await browser.press(old), USER)
  scene.later(DAY)
  await until('a fresh link', () => scene.told.length === 2)
  const fresh = await scene.link()
  assert.notEqual(fresh, old)
  for (const method of ['GET', 'POST']) assert.equal((await scene.ask(old, { method })).status, 404)
  assert.equal((await browser.arrive(callback)).status, 400)
  assert.equal(codes(scene), 0)
  assert.match((await openBrowser(scene).signIn(fresh)).text, /lives again/)
})

test('a channel that is down is tried again with the same link; nobody is told twice', async (t) => {
  const scene = await openScene(t, { failing: 2 })
  await scene.die()
  const link = await scene.link()
  await until('noted', async () => /"toldAt":\d/.test(JSON.stringify(await record(scene))))
  const { keyturn } = await scene.replica()
  await keyturn.grants.list()
  assert.equal(scene.told.length, 1)
  assert.equal((await scene.ask(link)).status, 200)
})

test('without a public HTTPS address no link is made and people are told what to do instead', async (t) => {
  for (const section of [{}, { publicUrl: 'http://broker.example' }]) {
    const scene = await openScene(t, { hidden: true, section })
    await scene.die()
    await until('told', () => scene.told.length === 1)
    const [told] = scene.told
    assert.equal(told?.link, undefined)
    assert.match(told?.text ?? '', /keyturn connect acme/)
    assert.match(told?.text ?? '', section.publicUrl === undefined ? /publicUrl is not set/ : /not HTTPS/)
    assert.equal((await scene.ask(`${scene.url}/reauthorise/x`, { method: 'POST' })).status >= 400, true)
  }
})

test('a grant that came back otherwise closes its link', async (t) => {
  const scene = await openScene(t)
  await scene.die()
  const link = await scene.link()
  const browser = openBrowser(scene)
  const other = await scene.replica()
  const enrolment = await other.keyturn.grants.enrol('acme')
  const callback = new URL(await browser.approve(await browser.press(link), USER))
  const { id } = await scene.keyturn.grants.show('acme')
  const verifier = await scene.keyturn.store.records.secret(reauthorisationKind, id, 'verifier-0')
  await enrolment.complete({
    code: callback.searchParams.get('code') ?? '',
    redirectUri: `${scene.url}/reauthorise/callback`,
    codeVerifier: verifier?.reveal() ?? '',
  })
  await until('closed', async () => /Nothing to do/.test((await scene.ask(link)).text))
  assert.equal(await scene.keyturn.store.records.secret(reauthorisationKind, id, 'verifier-0'), null)
})

test('while a spare way in serves nobody is asked; once it fails somebody is', async (t) => {
  const scene = await openScene(t)
  const jwt = scene.sim.orgs[0]?.apps.find(({ name }) => name === 'Jwt')
  const spare = {
    flow: 'jwt_bearer',
    clientId: jwt?.clientId ?? '',
    privateKey: jwt?.privateKey ?? '',
    username: USER,
    audience: scene.sim.url,
  } as const
  await scene.keyturn.grants.update('acme', { fallback: [spare] })
  scene.sim.control.revokeGrant({ grant: scene.ready.grant })
  scene.sim.control.expireAccessTokens()
  const { generation } = await scene.keyturn.grants.show('acme')
  const served = await scene.keyturn.rejected('acme', generation)
  assert.notEqual(served.source, 'refresh')
  // A broker that starts looks at all grants.
  await (await scene.replica()).close()
  assert.equal(await record(scene), undefined)
  scene.sim.control.changeApp({ app: 'Jwt', settings: { installed: false } })
  scene.sim.control.expireAccessTokens()
  // Two young tokens found dead open the breaker; an operator says that it is worth a try.
  await assert.rejects(scene.keyturn.rejected('acme', served.generation))
  await scene.keyturn.grants.retry('acme')
  await assert.rejects(scene.keyturn.token('acme'), { code: 'GRANT_DEAD' })
  assert.match((await openBrowser(scene).signIn(await scene.link())).text, /lives again/)
})

test('a replica that dies while it trades leaves the link usable; one that could not prove is followed up', async (t) => {
  const scene = await openScene(t)
  await scene.die()
  const link = await scene.link()
  const browser = openBrowser(scene)
  const callback = await browser.approve(await browser.press(link), USER)
  // As if the process had ended right after it took the callback: nothing it knew was written but that it is at it.
  const { id } = await scene.keyturn.grants.show('acme')
  const before = await scene.keyturn.store.records.get(reauthorisationKind, id)
  const doc = before?.doc as ReauthorisationDoc
  const logins = doc.logins.map((login) => ({ ...login, used: true }))
  const busyUntil = scene.now() + 60_000
  await scene.keyturn.store.records.put({
    ...{ kind: reauthorisationKind, id },
    doc: { ...doc, status: 'trading', logins, busyUntil },
  })
  assert.match((await scene.ask(link)).text, /being finished/)
  scene.later(61_000)
  await until('open again', async () => /<button/.test((await scene.ask(link)).text))
  assert.match((await scene.ask(link)).text, /interrupted/)
  assert.match((await browser.arrive(callback)).text, /interrupted/, 'its code is not sent by anybody')
  assert.equal(codes(scene), 0)
  scene.sim.control.addFault({ match: { path: '^/services/data/' }, action: { status: 503, body: 'down' } })
  assert.match((await openBrowser(scene).signIn(link)).text, /not known yet/)
  assert.equal(await scene.status(), 'live', 'callers are served meanwhile')
  scene.later(61_000)
  await until('proved', async () => /lives again/.test((await scene.ask(link)).text))
})

test('somebody else used the token: an alarm of its own, once, in the ledger, in the metrics and to the owner', async (t) => {
  const scene = await openScene(t, { judge: async () => theft })
  await scene.replica()
  await scene.die()
  await until('both told', () => scene.told.length === 2)
  const alarm = scene.told.find(({ kind }) => kind === 'token-used-by-somebody-else')
  assert.equal(alarm?.severity, 'alarm')
  assert.match(alarm?.text ?? '', /Nobody here spent/)
  assert.match(scene.told.find(({ kind }) => kind === 'reauthorization-required')?.text ?? '', /Nobody here spent/)
  const entries = await scene.keyturn.store.ledger(1, 1000)
  assert.equal(entries.filter(({ kind }) => kind === 'token-used-by-somebody-else').length, 1)
})

test('an alarm whose channel was down is raised again until somebody heard it', async (t) => {
  const scene = await openScene(t, { failing: 3, judge: async () => theft })
  await scene.die()
  await until('both told', () => scene.told.length === 2)
  assert.deepEqual(scene.told.map(({ kind }) => kind).toSorted(), [
    'reauthorization-required',
    'token-used-by-somebody-else',
  ])
  const entries = await scene.keyturn.store.ledger(1, 1000)
  assert.equal(entries.filter(({ kind }) => kind === 'token-used-by-somebody-else').length, 1)
})

test('who asks before the broker has noticed a death silences no alarm', async (t) => {
  const scene = await openScene(t, { judge: async () => theft })
  await scene.broker.close()
  await scene.die()
  // As `keyturn grants reauthorise` does: it tells, and says nothing of why the grant died.
  const clock = { ...systemClock, wall: scene.now }
  const reauthorisations = openReauthorisations({ keyturn: scene.keyturn, clock, random: randomBytes })
  const grant = await scene.keyturn.grants.show('acme')
  const life = { reason: 'dead', by: 'an operator', owner: null, life: DAY } as const
  const { is } = await reauthorisations.want(grant, life)
  await reauthorisations.change(is.grantId, (doc) => ({ ...doc, toldAt: scene.now() }))
  await scene.replica()
  await until('the alarm', () => scene.told.some(({ kind }) => kind === 'token-used-by-somebody-else'))
})

test('a grant that dies while it is to be authorised anew: the same link, and people hear of the death', async (t) => {
  const scene = await openScene(t, { judge: async () => theft })
  const link = await ask(scene)
  assert.match(scene.told[0]?.text ?? '', /Its programs go on meanwhile/)
  await scene.die()
  await until('told of the death', () => scene.told.length === 3)
  const kinds = scene.told.map(({ kind }) => kind)
  assert.ok(kinds.includes('token-used-by-somebody-else'), kinds.join(', '))
  const death = scene.told.findLast(({ kind }) => kind === 'reauthorization-required')
  assert.match(death?.text ?? '', /does not accept the refresh token of acme any more/)
  assert.equal(death?.link?.url.reveal(), link)
  assert.match((await scene.ask(link)).text, /does not accept Keyturn’s access/)
  assert.match((await openBrowser(scene).signIn(link)).text, /lives again/)
})

test('a replica that dies while it trades for a living grant: a rotation meanwhile is not taken for the sign-in', async (t) => {
  const scene = await openScene(t)
  const link = await ask(scene)
  // Under rotation the token is another one than when the link was made.
  scene.sim.control.expireAccessTokens()
  await scene.keyturn.rejected('acme', (await scene.keyturn.grants.show('acme')).generation)
  const callback = await openBrowser(scene).approve(await openBrowser(scene).press(link), USER)
  const { id } = await scene.keyturn.grants.show('acme')
  const reauthorisations = openReauthorisations({
    keyturn: scene.keyturn,
    clock: { ...systemClock, wall: scene.now },
    random: randomBytes,
  })
  const is = await reauthorisations.of(id)
  const login = is === null ? null : loginOf(is, new URL(callback).searchParams.get('state') ?? '')
  assert.ok(is !== null && login !== null)
  // It took the callback and was gone.
  assert.notEqual(await reauthorisations.take(is, login, 60_000), null)
  scene.later(61_000)
  await until('open again', async () => /interrupted/.test((await scene.ask(link)).text))
  assert.match((await openBrowser(scene).signIn(link)).text, /lives again/)
})

test('no link, state, code, verifier or cookie is in a log, the ledger, the metrics, the database or a wrong page', async (t) => {
  const scene = await openScene(t)
  await scene.die()
  const link = await scene.link()
  const browser = openBrowser(scene)
  await openBrowser(scene).signIn(link, USER, 'deny')
  const authorize = await browser.press(link)
  const { id } = await scene.keyturn.grants.show('acme')
  const verifier = (await scene.keyturn.store.records.secret(reauthorisationKind, id, 'verifier-1'))?.reveal() ?? ''
  assert.notEqual(verifier, '')
  const callback = new URL(await browser.approve(authorize, USER))
  assert.match((await browser.arrive(callback.href)).text, /lives again/)
  const secretPart = (text: string): string => text.split('.').at(-1) ?? ''
  const secrets = [link, callback.searchParams.get('state') ?? ''].map(secretPart)
  const hidden = [...secrets, callback.searchParams.get('code') ?? '', verifier]
  const ledger = JSON.stringify(await scene.keyturn.store.ledger(1, 10_000))
  const doc = JSON.stringify(await record(scene))
  const seen = [scene.lines.join('\n'), ledger, await scene.metrics(), doc, JSON.stringify(scene.told)]
  for (const [index, text] of seen.entries()) {
    assert.ok(text.length > 100, `${index}`)
    for (const secret of hidden) assert.ok(secret.length > 20 && !text.includes(secret), `a secret in ${index}`)
  }
  // Pages carry no link at all; redirects do, to the browser that has it.
  for (const page of scene.heard.filter((text) => text.startsWith('<!doctype')))
    for (const secret of hidden) assert.ok(!page.includes(secret))
  const folder = scene.folder
  for (const file of readdirSync(folder).filter((name) => name.startsWith('keyturn.db'))) {
    const bytes = readFileSync(`${folder}/${file}`, 'latin1')
    for (const secret of hidden) assert.ok(!bytes.includes(secret), file)
  }
})
