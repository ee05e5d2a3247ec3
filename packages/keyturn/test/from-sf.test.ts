/** A login of the sf CLI, made by its own library, moves to Keyturn or is shared with it. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { setUp } from './connected.ts'
import type { Setup } from './connected.ts'

const quiet = {
  SF_DISABLE_LOG_FILE: 'true',
  SF_DISABLE_TELEMETRY: 'true',
  SF_USE_GENERIC_UNIX_KEYCHAIN: 'true',
  SF_DOMAIN_RETRY: '0',
}

const execute = promisify(execFile)

/** Runs a module with @salesforce/core in the home of the folder; prints one JSON value. */
const withCore = async ({ folder }: Setup, script: string): Promise<unknown> => {
  const { stdout } = await execute(process.execPath, ['--input-type=module', '-e', script], {
    cwd: import.meta.dirname,
    env: { ...folder.env, ...quiet },
  })
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '')
}

const logIn = async (setup: Setup): Promise<void> => {
  const { sim, app, user } = setup
  const grant = sim.control.grant({ user, app: 'PlatformCLI' })
  await withCore(
    setup,
    `import { AuthInfo, StateAggregator } from '@salesforce/core'
     const [username, url] = ${JSON.stringify([user, sim.url])}
     const info = await AuthInfo.create({ username, accessTokenOptions: { accessToken: ${JSON.stringify(grant.accessToken)}, instanceUrl: url, loginUrl: url } })
     await info.save({ refreshToken: ${JSON.stringify(grant.refreshToken)}, clientId: ${JSON.stringify(app('PlatformCLI').clientId)}, loginUrl: url })
     await (await StateAggregator.getInstance()).aliases.setAndSave('prod', username)
     console.log('1')`,
  )
}

const held = (setup: Setup): Promise<unknown> =>
  withCore(
    setup,
    `import { StateAggregator } from '@salesforce/core'
     const fields = await (await StateAggregator.getInstance()).orgs.read(${JSON.stringify(setup.user)}, true)
     console.log(JSON.stringify(typeof fields?.refreshToken))`,
  )

test('the refresh token of an sf login moves: Keyturn exchanges it, sf keeps none', async (t) => {
  const setup = await setUp(t)
  await logIn(setup)
  assert.equal(await held(setup), 'string')
  const moved = await setup.folder.json(['connect', 'acme', '--from-sf', 'prod'], { env: quiet })
  assert.equal(moved.code, 0, JSON.stringify(moved.value))
  assert.deepEqual([moved.value.how, moved.value.grant.username], ['sf', setup.user])
  assert.equal(await held(setup), 'undefined')
  setup.sim.control.expireAccessTokens()
  const { generation } = moved.value.grant
  const next = await setup.folder.json(['token', 'acme', '--rejected', String(generation)])
  assert.equal(next.code, 0, JSON.stringify(next.value))
  assert.equal(setup.sim.control.oracle().total.reuses, 0)
})

test('a shared login is exchanged under the lock of sf and written back to it', async (t) => {
  const setup = await setUp(t)
  await logIn(setup)
  const shared = await setup.folder.json(['connect', 'acme', '--from-sf', 'prod', '--shared'], { env: quiet })
  assert.equal(shared.code, 0, JSON.stringify(shared.value))
  setup.sim.control.expireAccessTokens()
  const { generation } = shared.value.grant
  const next = await setup.folder.json(['token', 'acme', '--rejected', String(generation)], { env: quiet })
  assert.equal(next.code, 0, JSON.stringify(next.value))
  assert.equal(await held(setup), 'string')
  const { total } = setup.sim.control.oracle()
  assert.deepEqual([total.exchanges, total.reuses], [1, 0])
})
