/** The permission set that is shipped for provisioning is enough for all of it. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { connectRefresh, setUp } from '../../connected.ts'
import { runningHere } from '../../run-here.ts'

const shipped = readFileSync(
  new URL('../../../../../deploy/permission-sets/Keyturn_Provisioner.permissionset-meta.xml', import.meta.url),
  'utf8',
)

test('with the shipped permission set alone an app and an integration user are made, and a field is given', async (t) => {
  const setup = await setUp(t)
  const { sim, folder, user } = setup
  const permissions = [...shipped.matchAll(/<name>(\w+)<\/name>/g)].map(([, name]) => name ?? '')
  assert.ok(
    permissions.length > 5 && !permissions.includes('ModifyAllData') && !permissions.includes('CustomizeApplication'),
  )
  sim.control.givePermissions({ user, permissions: permissions as never })
  await connectRefresh(setup)
  const env = { WEB_SECRET: setup.app('Web').clientSecret }
  const run = async (...args: readonly string[]): Promise<void> => {
    const ran = await runningHere(folder).run([...args, '--yes'], { env })
    assert.equal(ran.code, 0, ran.stdout + ran.stderr)
  }
  const named = ['--username', 'bot@acme.example', '--name', 'Bot', '--email', 'ops@acme.example']
  const rights = ['--permission-set', 'Bot', '--object', 'Account:read', '--own-profile', 'Bot Only']
  await run('provision', 'integration-user', 'acme', ...named, ...rights)
  const app = ['--purpose', 'of a test', '--contact', 'ops@acme.example', '--flow', 'client-credentials']
  await run('provision', 'app', 'acme', 'Bot_App', ...app, '--runs-as', 'bot@acme.example', '--permission-set', 'Bot')
  const why = ['--reason', 'it needs it for invoices']
  await run('provision', 'grant-field', 'acme', 'Bot', 'Account.Industry', 'read', ...why)
  await run('provision', 'allow-address', 'acme', 'Bot Only', '203.0.113.7', ...why)
})
