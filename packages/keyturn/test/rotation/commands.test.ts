/** The commands on a keyturn.yaml in which something is wrong: what is wrong is told, and the rest goes on. */
import assert from 'node:assert/strict'
import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { makeFolder } from '../cli.ts'
import { world } from './certificate-world.ts'

void test('a credential whose grant is missing holds up no other, and its preflight tells everything at once', async (t) => {
  const folder = makeFolder(t)
  assert.equal((await folder.run(['init'])).code, 0)
  appendFileSync(
    join(folder.path, 'keyturn.yaml'),
    [
      'destinations:',
      '  away: { kind: env-file, file: ./missing.env }',
      'credentials:',
      '  key: { kind: master-key, to: "file:./n.key" }',
      '  lost: { kind: external-client-app, org: nobody, app: Erp, destinations: [away] }',
      '  gone: { kind: refresh-token, grant: nobody }',
      '',
    ].join('\n'),
  )
  const list = await folder.run(['credentials'])
  assert.equal(list.code, 0, list.stderr)
  assert.match(list.stdout, /key +master-key +0 d/)
  assert.match(list.stdout, /gone +refresh-token +unknown .*could not be asked for: There is no grant named nobody/)
  const preflight = await folder.run(['rotate', 'lost', '--preflight'])
  assert.equal(preflight.code, 1)
  assert.match(preflight.stdout, /no grant named nobody/)
  assert.match(preflight.stdout, /away: .*missing\.env does not exist/)
  const refused = await folder.run(['rotate', 'gone'])
  assert.equal(refused.code, 4)
  assert.match(refused.stderr, /^PREFLIGHT_FAILED: There is no grant named nobody/)
  const { value } = await folder.json(['credentials', 'show', 'gone'])
  assert.deepEqual([value.age.basis, value.run, value.versions], ['unknown', null, []])
})

void test('the preflight names destinations that could not go back, until the value in use is adopted', async (t) => {
  const place = await world(t)
  const rotation = place.open()
  assert.deepEqual(await rotation.oneWayDestinations('sync-key'), ['env'])
  await rotation.adopt('sync-key', 'test', place.oldSecrets)
  assert.deepEqual(await rotation.oneWayDestinations('sync-key'), [])
  const folder = makeFolder(t)
  assert.equal((await folder.run(['init'])).code, 0)
  appendFileSync(
    join(folder.path, 'keyturn.yaml'),
    [
      'destinations:',
      '  app: { kind: env-file, file: ./app.env, create: true }',
      'credentials:',
      '  key: { kind: certificate, org: nobody, app: Sync, destinations: [app] }',
      '  pair: { kind: external-client-app, org: nobody, app: Erp, destinations: [app] }',
      '',
    ].join('\n'),
  )
  const told = await folder.run(['rotate', 'key', '--preflight'])
  assert.match(told.stdout, /keep the new value if the run were taken back: app\. .*credentials adopt key/)
  const forward = await folder.run(['rotate', 'pair', '--preflight'])
  assert.doesNotMatch(forward.stdout, /taken back: app/, 'it only goes forward from before the destinations on')
})
