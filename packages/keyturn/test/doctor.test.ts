/** What is wrong is named with its cause and its fix, and the exit code says whether somebody has to act. */
import assert from 'node:assert/strict'
import { chmodSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { makeFolder } from './cli.ts'
import { connectJwt, connectRefresh, setUp } from './connected.ts'

interface Check {
  readonly name: string
  readonly health: string
  readonly text: string
  readonly fix: string | null
}

const find = (checks: readonly Check[], name: string): Check => {
  const found = checks.find((check) => check.name === name || check.name.startsWith(name))
  assert(found, `${name} is not among ${checks.map((check) => check.name).join(', ')}`)
  return found
}

test('a healthy store and a reachable login host are good', async (t) => {
  const setup = await setUp(t)
  await connectRefresh(setup)
  const { code, value } = await setup.folder.json(['doctor'])
  assert.equal(code, 0)
  for (const name of [
    'node',
    'settings',
    'key',
    'store.reachable',
    'store.file-mode',
    'journal',
    'open',
    'grant.acme',
    'login-host.',
    'clock.',
  ]) {
    assert.equal(find(value.checks, name).health, 'ok', name)
  }
  assert.equal(find(value.checks, 'grant.acme.cover').health, 'warning')
})

test('no store, an unreadable setting, an open key file, another key, a host that is down', async (t) => {
  const folder = makeFolder(t)
  const none = await folder.json(['doctor'])
  assert.deepEqual([none.code, find(none.value.checks, 'store.reachable').health], [1, 'bad'])
  assert.match(find(none.value.checks, 'store.reachable').fix ?? '', /keyturn init/)

  writeFileSync(join(folder.path, 'keyturn.yaml'), 'version: 1\nstores: x\n')
  const settings = await folder.json(['doctor'])
  assert.match(find(settings.value.checks, 'settings').text, /keyturn\.yaml:2:1 stores is no setting/)
  rmSync(join(folder.path, 'keyturn.yaml'))

  assert.equal((await folder.run(['init'])).code, 0)
  if (process.platform !== 'win32') {
    chmodSync(join(folder.path, 'keyturn.key'), 0o644)
    const open = await folder.json(['doctor'])
    assert.match(find(open.value.checks, 'key').fix ?? '', /chmod 600/)
    chmodSync(join(folder.path, 'keyturn.key'), 0o600)
    chmodSync(join(folder.path, 'keyturn.db'), 0o644)
    assert.equal(find((await folder.json(['doctor'])).value.checks, 'store.file-mode').health, 'bad')
    chmodSync(join(folder.path, 'keyturn.db'), 0o600)
  }
  writeFileSync(join(folder.path, 'other.key'), 'ab'.repeat(32), { mode: 0o600 })
  const wrong = await folder.json(['doctor', '--key', 'file:./other.key'])
  assert.equal(find(wrong.value.checks, 'open').health, 'bad')

  const added = await folder.run(
    ['connect', 'x', '--refresh-token-stdin', '--no-check', '--client-id', 'k', '--login-url', 'http://127.0.0.1:9'],
    { stdin: 'token' },
  )
  assert.equal(added.code, 0, added.stderr)
  const down = await folder.json(['doctor'])
  assert.equal(find(down.value.checks, 'login-host.127.0.0.1').health, 'bad')
  assert.equal((await folder.json(['doctor', '--offline'])).code, 0)
})

test('a frozen user, a lost answer and a dead token each have their story', async (t) => {
  const setup = await setUp(t)
  const { folder, sim, app, user } = setup
  await connectRefresh(setup)
  const env = { WEB_SECRET: app('Web').clientSecret }
  const generation = async (): Promise<string> =>
    String((await folder.json(['grants', 'show', 'acme'])).value.generation)

  sim.control.changeUser({ user, change: { frozen: true } })
  sim.control.expireAccessTokens()
  const blocked = await folder.json(['token', 'acme', '--rejected', await generation()], { env })
  assert.deepEqual([blocked.code, blocked.value.error.code], [4, 'GRANT_BLOCKED'])
  const frozen = find((await folder.json(['doctor', '--offline'])).value.checks, 'grant.acme')
  assert.equal(frozen.health, 'bad')
  assert.match(frozen.text, /deactivated or frozen/)
  assert.match(frozen.fix ?? '', /unfreeze.*grants retry/i)
  sim.control.changeUser({ user, change: { frozen: false } })
  assert.equal((await folder.run(['grants', 'retry', 'acme'])).code, 0)
  assert.equal((await folder.run(['token', 'acme'], { env })).code, 0)

  sim.control.addFault({ match: { endpoint: 'token' }, action: { drop: 'after' } })
  sim.control.expireAccessTokens()
  const doubted = await folder.json(['token', 'acme', '--rejected', await generation()], { env })
  assert.deepEqual([doubted.code, doubted.value.error.code], [6, 'GRANT_IN_DOUBT'])
  const shown = await folder.json(['grants', 'show', 'acme'])
  assert.equal(shown.value.status, 'in-doubt')
  assert.match(shown.value.explanation.join(' '), /no answer came.*No access token is left/)

  const web = app('Web')
  const unknown = ['connect', 'dead', '--refresh-token-stdin', '--login-url', sim.url, '--client-id', web.clientId]
  const added = await folder.json([...unknown, '--client-secret-ref', 'env:WEB_SECRET'], { stdin: 'never-issued', env })
  assert.equal(added.code, 1, 'it is kept, and nobody is told that it works')
  assert.match(added.value.notes.join(' '), /first exchange failed.*GRANT_DEAD/)
  const dead = find((await folder.json(['doctor', '--offline'])).value.checks, 'grant.dead')
  assert.deepEqual([dead.health, dead.fix], ['bad', 'Authorise again with `keyturn connect dead`.'])
  assert.equal((await folder.run(['grants'])).code, 1)
})

test('a grant that somebody altered in the database is named, and the others are judged', async (t) => {
  const setup = await setUp(t)
  const { folder } = setup
  await connectRefresh(setup)
  await connectJwt(setup, 'machine')
  const database = new DatabaseSync(join(folder.path, 'keyturn.db'))
  database.exec("UPDATE keyturn_grants SET client_id = 'another' WHERE name = 'acme'")
  database.close()
  const { checks } = (await folder.json(['doctor', '--offline'])).value
  const altered = find(checks, 'grant.acme')
  assert.deepEqual([altered.health, find(checks, 'grant.machine').health], ['bad', 'ok'])
  assert.match(`${altered.text} ${altered.fix}`, /acme\) was altered outside of Keyturn.*Restore a backup/)
  const { code, value } = await folder.json(['grants'])
  assert.equal(code, 1)
  assert.deepEqual(
    [value.grants, value.altered].map((found: readonly { readonly name: string }[]) => found.map(({ name }) => name)),
    [['machine'], ['acme']],
  )
  assert.match((await folder.run(['grants'])).stdout, /machine.*acme\) was altered outside of Keyturn/s)
})
