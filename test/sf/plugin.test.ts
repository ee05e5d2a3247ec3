/** Keyturn as a plugin of sf: from the checkout, and as it is published. The same commands, the same store. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { tmpdir } from 'node:os'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { installInto } from '../../tools/install-beside.ts'
import { packAll } from '../../tools/pack.ts'
import { connected, endSession, type Connected } from './keyturn-grant.ts'
import { keyturnPackage } from './sf-cli.ts'

const linked = async (t: TestContext, plugin: string) => {
  const setup = await connected(t)
  const { place } = setup
  const link = await place.sf(['plugins', 'link', plugin, '--no-install'])
  assert.equal(link.code, 0, link.stdout + link.stderr)
  const listed = await place.sf(['plugins'])
  assert.match(listed.stdout, /^keyturn \d+\.\d+\.\d+ \(link\)/m)
  return setup
}

const lives = async (instanceUrl: string, accessToken: string): Promise<number> =>
  (await fetch(`${instanceUrl}/services/data/v66.0/limits`, { headers: { authorization: `Bearer ${accessToken}` } }))
    .status

/** What holds for the plugin wherever it comes from. */
const works = async (t: TestContext, setup: Connected): Promise<void> => {
  const { sim, place } = setup
  const inSf = (args: readonly string[]) => place.sf(['keyturn', ...args])
  await t.test('sf keyturn token prints a living token, the same that our own bin prints', async () => {
    const { code, stdout, stderr } = await place.sf(['keyturn', 'token', 'acme'])
    assert.equal(code, 0, stderr)
    const token = stdout.trim()
    assert.equal(await lives(sim.url, token), 200)
    assert.equal((await place.keyturn(['token', 'acme'])).stdout.trim(), token)
  })

  await t.test('--json is the same object as from our own bin, without an envelope of sf', async () => {
    const { stdout } = await place.sf(['keyturn', 'token', 'acme', '--json'])
    assert.deepEqual(JSON.parse(stdout), await place.keyturnJson(['token', 'acme']))
  })

  await t.test(
    'after the session’s end --rejected makes one exchange, and both ways serve what came of it',
    async () => {
      const before = sim.control.oracle().total.exchanges
      const { accessToken } = await place.keyturnJson(['token', 'acme'])
      const renewed = JSON.parse((await endSession(setup, inSf)).stdout)
      assert.equal(await lives(sim.url, accessToken), 401)
      assert.equal(await lives(sim.url, renewed.accessToken), 200)
      assert.equal((await place.keyturnJson(['token', 'acme'])).accessToken, renewed.accessToken)
      assert.equal(sim.control.oracle().total.exchanges, before + 1)
    },
  )

  await t.test('sf keyturn grants lists the grant, as a table and as JSON', async () => {
    const { code, stdout } = await place.sf(['keyturn', 'grants'])
    assert.equal(code, 0)
    assert.match(stdout, /^acme +live +refresh_token /m)
    const json = await place.sf(['keyturn', 'grants', '--json'])
    assert.equal(JSON.parse(json.stdout).grants[0].name, 'acme')
  })

  await t.test('help says sf keyturn token, in the list and in the examples', async () => {
    const topic = await place.sf(['keyturn', '--help'])
    assert.match(topic.stdout, /\$ sf keyturn COMMAND/)
    assert.match(topic.stdout, /keyturn token +Print a living access token/)
    const command = await place.sf(['keyturn', 'token', '--help'])
    assert.match(command.stdout, /\$ sf keyturn token NAME/)
    assert.match(command.stdout, /\$ sf keyturn token acme --json/)
  })

  await t.test('sf keyturn exec runs another sf with the token, and passes its exit code on', async () => {
    const query = ['exec', 'acme', '--', 'sf', 'data', 'query', '--json', '-q']
    const { stdout } = await inSf([...query, 'SELECT Id FROM Account'])
    assert.equal(JSON.parse(stdout).result.totalSize, 8)
    assert.equal((await inSf([...query, 'SELECT Nope FROM Account'])).code, 1)
  })

  await t.test('errors have their exit codes, and tell the next step as one types it here', async () => {
    const missing = await place.sf(['keyturn', 'token', 'nobody'])
    assert.equal(missing.code, 2)
    assert.equal(missing.stdout, '')
    assert.match(missing.stderr, /GRANT_NOT_FOUND/)
    assert.match(missing.stderr, /`sf keyturn grants`/)
    assert.doesNotMatch(missing.stderr, /^ +at /m)
    const asJson = await place.sf(['keyturn', 'token', 'nobody', '--json'])
    assert.equal(asJson.code, 2)
    assert.equal(JSON.parse(asJson.stdout).error.code, 'GRANT_NOT_FOUND')
    const noStore = await place.sf(['keyturn', 'token', 'acme', '--store', 'sqlite:./elsewhere.db'])
    assert.equal(noStore.code, 3, noStore.stderr)
    assert.match(noStore.stderr, /STORE_MISSING/)
    const grant = sim.control.state()[0]?.grants.find(({ live }) => live)
    assert.ok(grant)
    const over = await endSession(setup, (args) => {
      sim.control.revokeGrant({ grant: grant.id })
      return inSf(args.filter((arg) => arg !== '--json'))
    })
    assert.equal(over.code, 4, over.stderr)
    assert.match(over.stderr, /GRANT_DEAD/)
    assert.match(over.stderr, /sf keyturn connect acme/)
  })
}

test('linked from the checkout', async (t) => {
  await works(t, await linked(t, keyturnPackage))
})

test('linked as it is published: packed, and installed into an empty folder', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'sf-plugin-'))
  t.after(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }))
  const packed = await packAll(join(folder, 'tarballs'))
  const installation = join(folder, 'installation')
  installInto(
    installation,
    packed.map(({ tarball }) => tarball),
  )
  const plugin = join(installation, 'node_modules', 'keyturn')
  const setup = await linked(t, plugin)
  const { stderr } = await setup.place.sf(['keyturn', 'token', 'acme'])
  // What sf says of every linked plugin that is an ES module; it is the only thing.
  assert.equal(stderr.replaceAll(/^ › .*\n/gm, ''), '')
  await works(t, setup)
})
