/**
 * simple-salesforce, which builds every address as https://NAME.salesforce.com by itself: reached by the org's name and
 * the private CA, here through a proxy in the place of DNS; or given a session and an instance URL.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MY_DOMAIN, openDoorway } from './doorway.ts'
import type { Doorway } from './doorway.ts'
import { absent, converse } from './outside-program.ts'

const python = '/usr/bin/python3'
const skip = absent(
  python,
  ['-c', 'import simple_salesforce'],
  'pip install simple-salesforce, or PYTHONPATH to its sources and apt-get install python3-zeep python3-jwt python3-pendulum python3-more-itertools',
)

/** The first line it reads is what it is constructed with; for each further one it makes a call. */
const program = `
import sys, json
from simple_salesforce import Salesforce
sf = Salesforce(**json.loads(sys.stdin.readline()))
print(sf.sf_instance, flush=True)
for line in sys.stdin:
    print(sf.query("SELECT Id FROM Account LIMIT 1")["totalSize"], flush=True)
`

/** A login, then three calls, each after the end of the org's session; what it takes for its instance. */
const work = async (door: Doorway, given: object): Promise<string> => {
  const running = converse(python, ['-c', program], {
    env: { HTTPS_PROXY: door.names, NO_PROXY: 'localhost', REQUESTS_CA_BUNDLE: door.caFile },
  })
  const instance = await running.say(JSON.stringify(given))
  const [before = 0] = door.counts()
  for (let end = 0; end < 3; end++) {
    door.expire()
    assert.equal(await running.say('query'), '1')
  }
  await running.end()
  assert.deepEqual(door.counts(), [before + 3, 0, 0])
  return instance
}

test(
  'simple-salesforce: SOAP login by user name and password at the org’s own name, while login() is off',
  { skip },
  async (t) => {
    const door = await openDoorway(t)
    door.sim.control.changeOrg({ settings: { soapLogin: false } })
    const { password } = await door.enrol('nightly')
    const username = 'nightly@broker.example'
    const given = { username, password, security_token: '', domain: 'acme.my' }
    assert.equal(await work(door, given), MY_DOMAIN)
    assert.deepEqual([...new Set(door.asked)], [MY_DOMAIN], 'Salesforce itself was never asked for')
  },
)

test('simple-salesforce: client credentials and the password flow', { skip }, async (t) => {
  const door = await openDoorway(t)
  const { id, secret, password } = await door.enrol('sync')
  const client = { consumer_key: id, consumer_secret: secret, domain: 'acme.my' }
  assert.equal(await work(door, client), MY_DOMAIN)
  assert.equal(await work(door, { ...client, username: 'sync@broker.example', password }), MY_DOMAIN)
})

test('simple-salesforce: a session and an instance URL with a port, no DNS', { skip }, async (t) => {
  const door = await openDoorway(t)
  const { id, secret } = await door.enrol('given')
  const answer = await fetch(`${door.url}/services/oauth2/token`, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'client_credentials', client_id: id, client_secret: secret }),
  })
  const { access_token } = (await answer.json()) as { readonly access_token: string }
  assert.equal(await work(door, { session_id: access_token, instance_url: door.secure }), `localhost:${door.port}`)
  assert.deepEqual(door.asked, [])
})
