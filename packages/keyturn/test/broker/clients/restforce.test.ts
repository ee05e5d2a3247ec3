/** restforce, which takes a host (with a port) and builds https:// before it; it re-sends its first refresh token for ever. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MY_DOMAIN, openDoorway } from './doorway.ts'
import type { Doorway } from './doorway.ts'
import { absent, converse } from './outside-program.ts'

const skip = absent(
  'ruby',
  ['-e', 'require "restforce"; Restforce::Client'],
  'gem install restforce, or RUBYLIB to the sources of restforce, faraday-follow_redirects and faraday-multipart and apt-get install ruby-faraday ruby-hashie ruby-jwt',
)

const program = `
require "restforce"
require "json"
given = JSON.parse(STDIN.gets, symbolize_names: true)
ca = given.delete(:ca)
client = Restforce.new(**given, ssl: { ca_file: ca }, api_version: "60.0")
STDOUT.sync = true
puts "ready"
while STDIN.gets
  puts client.query("SELECT Id FROM Account LIMIT 1").size
end
`

const work = async (door: Doorway, given: object): Promise<void> => {
  const running = converse('ruby', ['-e', program])
  assert.equal(await running.say(JSON.stringify({ ...given, ca: door.caFile })), 'ready')
  for (let end = 0; end < 3; end++) {
    assert.equal(await running.say('query'), '1')
    door.expire()
  }
  await running.end()
  assert.deepEqual(door.counts().slice(1), [0, 0])
}

test('restforce: the pinned refresh token, host with a port', { skip }, async (t) => {
  const door = await openDoorway(t)
  const { id, secret, refreshToken } = await door.enrol('pinned')
  const own = { client_id: id, client_secret: secret, refresh_token: refreshToken, host: `localhost:${door.port}` }
  // A process that starts again begins with the same token.
  await work(door, own)
  await work(door, own)
})

test('restforce: user name and password at the org’s own name', { skip }, async (t) => {
  const door = await openDoorway(t)
  const { id, secret, password } = await door.enrol('nightly')
  const own = { username: 'nightly@broker.example', password, security_token: '', host: MY_DOMAIN }
  await work(door, { ...own, client_id: id, client_secret: secret, proxy_uri: door.names })
  assert.deepEqual([...new Set(door.asked)], [MY_DOMAIN])
})
