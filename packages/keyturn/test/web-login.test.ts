/** `keyturn connect` with a browser that the test plays, against a simulated login page. */
import assert from 'node:assert/strict'
import { createServer } from 'node:net'
import { test } from 'node:test'
import { freePort } from '../../../test/free-port.ts'
import { setUp } from './connected.ts'
import type { Setup } from './connected.ts'

const ready = async ({ sim, app }: Setup, user: string | null) => {
  const port = await freePort()
  sim.control.changeApp({
    app: 'Web',
    callbacks: [`http://127.0.0.1:${port}/callback`],
    settings: { autoApprove: user },
  })
  const web = app('Web')
  const args = ['connect', 'acme', '--login-url', sim.url, '--client-id', web.clientId, '--client-secret-stdin']
  return {
    port,
    args: [...args, '--host', '127.0.0.1', '--port', String(port), '--no-open', '--json'],
    stdin: web.clientSecret,
  }
}

const addressIn = /^(http\S+\/services\/oauth2\/authorize\S+)$/m

test('a web login makes a grant, and a second one authorises it again under a new lineage', async (t) => {
  const setup = await setUp(t)
  const { folder, sim, user } = setup
  const { args, stdin } = await ready(setup, user)
  const lineages = new Set<string>()
  for (const again of [false, true]) {
    const running = folder.start(args, { stdin })
    const [, url = ''] = await running.said(addressIn)
    const asked = new URL(url).searchParams
    assert.equal(asked.get('code_challenge_method'), 'S256')
    assert.equal(asked.get('response_type'), 'code')
    assert.match(asked.get('state') ?? '', /^[\w-]{32}$/)
    const page = await fetch(url)
    assert.equal(new URL(page.url).search, '', 'the code is not left in the address bar')
    assert.match(await page.text(), /Signed in/)
    const ended = await running.ended
    assert.equal(ended.code, 0, ended.stderr)
    const result = JSON.parse(ended.stdout)
    assert.deepEqual([result.how, result.again, result.grant.status], ['web', again, 'live'])
    assert.equal(result.grant.username, user, 'nobody knows a user by an id')
    lineages.add(result.grant.lineage)
  }
  assert.equal(lineages.size, 2)
  const { value } = await folder.json(['token', 'acme'])
  const answer = await fetch(`${sim.url}/services/data/v66.0/limits`, {
    headers: { authorization: `Bearer ${value.accessToken}` },
  })
  assert.equal(answer.status, 200)
})

test('answers of another login, of another page and other methods do not end the login; a refusal does, explained', async (t) => {
  const setup = await setUp(t)
  const { args, stdin, port } = await ready(setup, null)
  const running = setup.folder.start(args, { stdin })
  const [, url = ''] = await running.said(addressIn)
  const state = new URL(url).searchParams.get('state') ?? ''
  const callback = `http://127.0.0.1:${port}/callback`
  assert.equal((await fetch(`${callback}?code=stolen&state=wrong`)).status, 400)
  assert.equal((await fetch(`http://127.0.0.1:${port}/other`)).status, 404)
  assert.equal((await fetch(`${callback}?code=x&state=${state}`, { method: 'POST' })).status, 405)
  const page = await fetch(`${callback}?error=access_denied&error_description=end-user+denied&state=${state}`)
  assert.match(await page.text(), /did not work/)
  const ended = await running.ended
  const { error } = JSON.parse(ended.stdout)
  assert.equal(ended.code, 5)
  assert.equal(error.code, 'GRANT_REFUSED')
  assert.match(error.fix, /Allow/)
  assert.deepEqual((await setup.folder.json(['grants'])).value.grants, [])
})

test('a code that Salesforce does not take leaves no grant behind', async (t) => {
  const setup = await setUp(t)
  const { args, stdin, port } = await ready(setup, null)
  const running = setup.folder.start(args, { stdin })
  const [, url = ''] = await running.said(addressIn)
  const state = new URL(url).searchParams.get('state') ?? ''
  await fetch(`http://127.0.0.1:${port}/callback?code=aPrx.never.issued&state=${state}`)
  const ended = await running.ended
  assert.equal(JSON.parse(ended.stdout).error.code, 'GRANT_REFUSED')
  assert.deepEqual((await setup.folder.json(['grants'])).value.grants, [])
})

test('nobody logs in: the command gives up in time, and a taken port is named', async (t) => {
  const setup = await setUp(t)
  const { args, stdin, port } = await ready(setup, null)
  const late = await setup.folder.run([...args, '--timeout', '1'], { stdin })
  assert.match(JSON.parse(late.stdout).error.message, /Nobody logged in/)
  const taken = createServer().listen(port, '127.0.0.1')
  t.after(() => taken.close())
  const refused = await setup.folder.run(args, { stdin })
  assert.equal(refused.code, 2)
  assert.match(JSON.parse(refused.stdout).error.message, /EADDRINUSE/)
})
