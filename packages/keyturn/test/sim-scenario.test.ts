/** `keyturn sim --scenario`: a ready-made org, with one app that `keyturn connect` can come in by. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makeFolder } from './cli.ts'

interface Org {
  readonly title: string
  readonly users: readonly { readonly username: string }[]
  readonly apps: readonly { readonly name: string; readonly callbacks: readonly string[] }[]
}

test('sim starts with a scenario by name; of its apps only the way in takes our callback', async (t) => {
  const folder = makeFolder(t)
  const running = folder.start(['sim', '--json', '--scenario', 'legacy-company'])
  const [line] = await running.said(/^\{.*\}$/m)
  const [org] = (JSON.parse(line) as { readonly orgs: readonly Org[] }).orgs
  assert.equal(org?.title, 'Legacy Company Inc.')
  assert.ok((org?.users.length ?? 0) >= 40)
  const [door, ...others] = org?.apps ?? []
  assert.equal(door?.name, 'Team_CLI')
  assert.ok(others.length > 10)
  assert.equal(others.find(({ name }) => name === 'Billing_Sync')?.callbacks.length, 1)
  running.child.kill('SIGTERM')
  assert.equal((await running.ended).code, 0)
})

test('a scenario that isn’t there is refused', async (t) => {
  const { code } = await makeFolder(t).json(['sim', '--scenario', 'nirvana'])
  assert.notEqual(code, 0)
})
