/** What a person is shown whose integration is down. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { connectJwt, connectRefresh, setUp } from '../connected.ts'

test('`keyturn grants show` and the doctor say what a grant died of, with and without asking the org', async (t) => {
  const setup = await setUp(t)
  const { folder, sim, app } = setup
  const { clientId, clientSecret } = app('Web')
  sim.control.changeApp({ app: 'Web', settings: { rotation: true, reuse: 'documented' } })
  const first = await connectRefresh(setup)
  await connectJwt(setup, 'auditor')
  const env = { WEB_SECRET: clientSecret }
  const { value: alive } = await folder.json(['grants', 'show', 'acme'], { env })
  assert.equal(alive.death, null)
  const { value: token } = await folder.json(['token', 'acme'], { env })
  // Somebody shows the token that Keyturn has used up: Salesforce ends the family.
  const stolen = await fetch(`${sim.url}/services/oauth2/token`, {
    method: 'POST',
    headers: { 'x-sim-address': '203.0.113.66' },
    body: new URLSearchParams({
      grant_type: 'refresh_token',
      refresh_token: first,
      client_id: clientId,
      client_secret: clientSecret,
    }),
  })
  assert.equal(stolen.status, 400)
  const dead = await folder.run(['token', 'acme', '--rejected', String(token.generation)], { env })
  assert.equal(dead.code, 4, dead.stderr)

  const shown = await folder.run(['grants', 'show', 'acme'], { env })
  assert.equal(shown.code, 1)
  assert.match(shown.stdout, /ALARM: somebody else used this token \(likely\)\./)
  assert.match(shown.stdout, /Salesforce {2}Login History: OauthRefreshToken of Web from 203\.0\.113\.66/)
  assert.match(shown.stdout, /ledger \d+ {2}Salesforce refused the token/)
  assert.match(shown.stdout, /→ Treat it as a leak .*`keyturn connect acme`/)
  assert.doesNotMatch(shown.stdout, /keyturn grants show/, 'nobody is sent to what they are running')
  const { value } = await folder.json(['grants', 'show', 'acme'], { env })
  const { verdict, cause, certainty, evidence, next } = value.death
  assert.deepEqual([verdict, cause, certainty], ['somebody-else', 'old-token-replayed', 'likely'])
  assert.ok(evidence.length >= 3 && next.length > 0)
  const offline = await folder.json(['grants', 'show', 'acme', '--offline'], { env })
  assert.deepEqual(
    [offline.value.death.verdict, offline.value.death.certainty],
    ['somebody-else', 'possible'],
    'the ledger alone is less sure',
  )

  const doctor = await folder.json(['doctor'], { env })
  const found = doctor.value.checks.find(({ name }: { name: string }) => name === 'grant.acme.death')
  assert.equal(found.health, 'bad')
  assert.match(found.text, /^ALARM: .*ledger entries \d+/s)
  assert.match(found.fix, /revoke what is left/)
  assert.ok(![shown.stdout, JSON.stringify(doctor.value)].join().includes(first))
})
