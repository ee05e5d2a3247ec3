/** `keyturn migrate` over the wire: the new app beside the old one, its secret in one place, and who still uses the old. */
import assert from 'node:assert/strict'
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Ran } from '../../cli.ts'
import { provisionWorld } from '../provision/provision-world.ts'
import type { ProvisionWorld } from '../provision/provision-world.ts'

const good = (ran: Ran): Ran => {
  assert.equal(ran.code, 0, ran.stdout + ran.stderr)
  return ran
}

const migrate = (app: string, ...more: readonly string[]): readonly string[] => [
  ...['migrate', 'connected-app', 'acme', app],
  ...more,
]

const appIn = ({ sim }: ProvisionWorld, name: string) => sim.control.state()[0]?.apps.find((one) => one.name === name)

const env = ({ folder }: ProvisionWorld): Readonly<Record<string, string>> =>
  Object.fromEntries(
    readFileSync(join(folder.path, 'erp.env'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => line.split('=').map((part) => part.replaceAll('"', '')) as [string, string]),
  )

const destination = ({ folder }: ProvisionWorld): string | null =>
  existsSync(join(folder.path, 'erp.env')) ? readFileSync(join(folder.path, 'erp.env'), 'utf8') : null

/** Id and secret of a refresh, as the client of the old app does it. */
const refresh = async (
  { sim }: ProvisionWorld,
  grant: { readonly clientId: string; readonly clientSecret: string; readonly refreshToken: string },
): Promise<number> => {
  const form = {
    grant_type: 'refresh_token',
    client_id: grant.clientId,
    client_secret: grant.clientSecret,
    refresh_token: grant.refreshToken,
  }
  return (await fetch(`${sim.url}/services/oauth2/token`, { method: 'POST', body: new URLSearchParams(form) })).status
}

test('the new app stands beside the old one, which works as before; the secret is in its destination alone', async (t) => {
  const world = await provisionWorld(t)
  const { folder, sim } = world
  const client = sim.control.grant({ user: 'integration@acme.example', app: 'Web' })
  const before = JSON.stringify(appIn(world, 'Web'))

  const dry = good(await folder.run(migrate('Web', '--secret-to', 'erp')))
  assert.match(dry.stdout, /Nobody is there to agree/)
  assert.match(dry.stdout, /consumerKey: a consumer key is unique/)
  assert.match(dry.stdout, /Wait until nobody uses Web/)
  assert(!existsSync(join(folder.path, 'erp.env')), 'a dry run writes nothing')
  assert.equal(appIn(world, 'Web_ECA'), undefined)

  const made = await folder.json(migrate('Web', '--secret-to', 'erp', '--yes'))
  assert.equal(made.code, 0, JSON.stringify(made.value))
  assert.deepEqual([made.value.done, made.value.differences], [true, []])
  assert(made.value.plan.order.some(({ user }: { user: string }) => user === 'integration@acme.example'))
  const fresh = appIn(world, 'Web_ECA')
  assert(fresh)
  const { SF_CONSUMER_KEY: key, SF_CONSUMER_SECRET: secret = '' } = env(world)
  assert.deepEqual([fresh.clientId, made.value.consumerKey], [key, key])
  assert.notEqual(fresh.clientId, appIn(world, 'Web')?.clientId)
  assert.equal(JSON.stringify(appIn(world, 'Web')), before, 'the old app is as it was')
  assert.equal(await refresh(world, client), 200, 'its client works on')
  assert.equal(JSON.stringify(appIn(world, 'Web')), before)

  assert(secret.length >= 64)
  assert(!JSON.stringify(made.value).includes(secret))
  for (const path of readdirSync(folder.path, { recursive: true, encoding: 'utf8' })) {
    const file = join(folder.path, path)
    if (!statSync(file).isFile() || path === 'erp.env') continue
    assert(!readFileSync(file).includes(secret), `${path} holds the secret`)
  }
  const again = await folder.json(migrate('Web', '--secret-to', 'erp', '--yes'))
  assert.deepEqual([again.code, again.value.change.outcome, again.value.differences], [0, 'nothing-to-do', []])
  assert.equal(env(world)['SF_CONSUMER_SECRET'], secret, 'it is not made anew')

  const entries = (await folder.json(['ledger', 'show'])).value.entries.map(({ kind }: { kind: string }) => kind)
  for (const kind of ['migrate-app-begun', 'migrate-began', 'migrate-ended', 'migrate-app-done'])
    assert.equal(entries.filter((one: string) => one === kind).length, 1, kind)
})

test('hardened, every difference is listed and holds, and nobody who may use the old app is left out', async (t) => {
  const world = await provisionWorld(t)
  const { folder } = world
  const made = await folder.json(migrate('Web', '--harden', '--name', 'Web_Strict', '--yes'))
  assert.equal(made.code, 0, JSON.stringify(made.value))
  assert.deepEqual(made.value.differences, [])
  const names = made.value.hardening.map(({ element }: { element: string }) => element.split('.')[1])
  assert(names.includes('isPkceRequired'))
  // Nobody is named by the old app: approved users alone would be nobody.
  assert(!names.includes('permittedUsersPolicyType'))
  const { settings } = appIn(world, 'Web_Strict') ?? {}
  assert(settings)
  assert.deepEqual(
    [settings.pkceRequired, settings.rotation, settings.secretRequiredForRefresh, settings.ipRelaxation],
    [true, true, true, 'ENFORCE'],
  )
})

test('an app that is somebody else’s, has no name, or is not there is refused before anything is asked of the org', async (t) => {
  const { folder, sim } = await provisionWorld(t)
  const before = sim.control.state()[0]?.apps.length
  for (const [args, said] of [
    [migrate('Nope', '--yes'), /no connected app Nope/],
    [migrate('Web', '--name', 'Jwt', '--yes'), /There is a connected app Jwt/],
    [migrate('Web', '--name', 'web', '--yes'), /can’t be the new app’s name/],
    [migrate('Web', '--name', 'A__B', '--yes'), /can’t be the new app’s name/],
    [migrate('Web', '--name', '../x', '--yes'), /can’t be the new app’s name/],
    [migrate('Web', '--secret-to', 'nowhere', '--yes'), /names no destination of keyturn.yaml/],
  ] as const) {
    const refused = await folder.run(args)
    assert([2, 3].includes(refused.code ?? 0), refused.stdout + refused.stderr)
    assert.match(refused.stderr, said)
    assert.doesNotMatch(refused.stderr, /\n\s+at /)
  }
  assert.equal(sim.control.state()[0]?.apps.length, before)
  // What others made under the wanted name is not taken for ours.
  good(await folder.run(migrate('Jwt', '--name', 'Shared_Name', '--yes')))
  const taken = await folder.run(migrate('Web', '--name', 'Shared_Name', '--yes'))
  assert.equal(taken.code, 2)
  assert.match(taken.stderr, /not made from Web here/)
})

test('files for a pipeline hold no key and no secret, and no org is changed', async (t) => {
  const { folder, sim, app } = await provisionWorld(t)
  const before = sim.control.state()[0]?.apps.length
  const written = await folder.json(migrate('Web', '--dir', 'src'))
  assert.equal(written.code, 0, JSON.stringify(written.value))
  assert.equal(written.value.files.length, 5)
  for (const file of written.value.files as readonly string[]) {
    const text = readFileSync(join(folder.path, file.startsWith('/') ? file.slice(folder.path.length) : file), 'utf8')
    assert(
      !text.includes(app('Web').clientSecret) &&
        !text.includes(app('Web').clientId) &&
        !/consumer(Key|Secret)>/.test(text),
    )
  }
  assert.equal((await folder.run(migrate('Web', '--dir', 'src'))).code, 2, 'nothing is written over')
  assert.equal(sim.control.state()[0]?.apps.length, before)
})

test('status: in use while somebody was seen, drained when everything was seen and nobody was', async (t) => {
  const world = await provisionWorld(t)
  const { folder, sim } = world
  sim.control.grant({ user: 'integration@acme.example', app: 'Web' })
  const used = await folder.json(['migrate', 'status', 'acme', 'Web'])
  assert.deepEqual([used.code, used.value.is], [1, 'in-use'])
  assert(used.value.recent.some(({ user }: { user: string }) => user === 'integration@acme.example'))
  const idle = await folder.json(['migrate', 'status', 'acme', 'Jwt'])
  assert.deepEqual([idle.code, idle.value.is, idle.value.recent], [0, 'drained', []], JSON.stringify(idle.value))
  const told = await folder.run(['migrate', 'status', 'acme', 'Jwt'])
  assert.match(told.stdout, /nobody uses it any more/)
})

test('killed at any of its requests, the next run ends with one new app, one pair, one place', async (t) => {
  const world = await provisionWorld(t)
  const { folder, sim } = world
  let kills = 0
  const step = process.env['KEYTURN_LONG'] === undefined ? 30 : 5
  for (let skip = 30; skip <= 120; skip += step) {
    const name = `Web_${skip}`
    const args = migrate('Web', '--name', name, '--secret-to', 'erp', '--yes')
    const fault = sim.control.addFault({
      skip,
      count: 1,
      action: skip % 60 === 0 ? { holdAfter: true } : { holdBefore: true },
    })
    const running = folder.start(args)
    const held = sim.control.held({ fault: fault.id, count: 1, timeoutMs: 20_000 }).then(
      () => 'held' as const,
      () => 'never' as const,
    )
    const first = await Promise.race([held, running.ended.then(() => 'ended' as const)])
    if (first === 'held') {
      kills += 1
      running.child.kill('SIGKILL')
      await running.ended
    }
    sim.control.removeFaults(fault.id)
    sim.control.release()
    if (first === 'held') {
      const before = destination(world)
      await folder.run(migrate('Web', '--name', name, '--secret-to', 'erp', '--dry-run'))
      assert.equal(destination(world), before, `${skip}: a dry run wrote the secret that the killed one kept`)
    }
    const done = await folder.json(args)
    assert.equal(done.code, 0, `${skip}: ${JSON.stringify(done.value)}`)
    assert.deepEqual([done.value.done, done.value.differences], [true, []])
    assert.equal(env(world)['SF_CONSUMER_KEY'], appIn(world, name)?.clientId, `${skip}`)
    assert.equal(sim.control.state()[0]?.apps.filter((one) => one.name === name).length, 1)
    if (first === 'ended') break
  }
  assert(kills > 0)
})
