/** A caller of a broker that serves, as the plan sees it. */
import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { ask, basic } from '../../broker/hall/hall.ts'
import { rtrCompany } from './rtr-company.ts'

interface Client {
  readonly id: string
  readonly program: string
  readonly user: string
  readonly readiness: string
  readonly by: string | null
  readonly last: number | null
}

test('who comes through the broker is ready, for the app of its grant alone, and makes nobody else ready', async (t) => {
  const company = await rtrCompany(t)
  const { folder, env } = company
  const config = join(folder.path, 'keyturn.yaml')
  writeFileSync(config, `${readFileSync(config, 'utf8')}broker:\n  listen:\n    - port: 0\n`)
  const add = ['caller', 'add', 'etl', '--grant', 'acme', '--face', 'api', '--range', '127.0.0.1', '--expires', '30d']
  const { value: made } = await folder.json([...add, '--real-tokens'])
  const clients = async (): Promise<readonly (readonly [app: string, client: Client])[]> => {
    const { value } = await company.json('acme')
    const apps = value.apps as readonly { readonly subject: string; readonly clients: readonly Client[] }[]
    return apps.flatMap((one) => one.clients.map((client) => [one.subject, client] as const))
  }
  const before = await clients()

  const serving = folder.start(['serve', '--json'], { env })
  const [, url = ''] = await serving.said(/"(http:\/\/127\.0\.0\.1:\d+)"/)
  const authorization = basic(made.caller.id, made.secret)
  const { status } = await ask(`${url}/keyturn/v1/grants/acme/token`, { headers: { authorization } })
  assert.equal(status, 200)
  serving.child.kill('SIGTERM')
  assert.equal((await serving.ended).code, 0)

  const after = await clients()
  const through = after.filter(([, { program }]) => program === 'broker:etl')
  assert.deepEqual(
    through.map(([app, { user, readiness, by }]) => [app, user, readiness, by]),
    [['app:Team_CLI', 'ada.admin@legacy.example', 'ready', 'broker']],
  )
  assert.equal(typeof through[0]?.[1].last, 'number', 'it was seen to come')
  const others = (all: typeof after): readonly string[] =>
    all.filter(([, { program }]) => program !== 'broker:etl').map(([, { id, readiness }]) => `${id} ${readiness}`)
  assert.deepEqual(others(after).toSorted(), others(before).toSorted())
  const refused = await company.rtr('enable', 'acme', 'app:Team_CLI', '--yes')
  assert.equal(refused.code, 1, 'other clients of the app are in the way still')
  assert.equal(company.rotates('Team_CLI'), false)
})
