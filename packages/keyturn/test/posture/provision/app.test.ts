/** `keyturn provision app` over the wire: what is made is judged by the audit’s own controls, and its secret is nowhere. */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Ran } from '../../cli.ts'
import { provisionWorld } from './provision-world.ts'
import type { ProvisionWorld } from './provision-world.ts'

const described: Readonly<Record<string, string>> = {
  '--purpose': 'ERP synchronisation',
  '--contact': 'ops@acme.example',
  '--flow': 'web-server',
  '--callback': 'https://erp.acme.example/oauth',
  '--token-address': '203.0.113.10',
  '--secret-to': 'erp',
}

const web = (name: string, other: Readonly<Record<string, string>> = {}): readonly string[] => [
  ...['provision', 'app', 'acme', name, '--create'],
  ...Object.entries({ ...described, '--permission-set': `${name}_User`, ...other }).flat(),
]

const env = ({ folder }: ProvisionWorld): Readonly<Record<string, string>> =>
  Object.fromEntries(
    readFileSync(join(folder.path, 'erp.env'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => line.split('=').map((part) => part.replaceAll('"', '')) as [string, string]),
  )

const good = (ran: Ran): Ran => {
  assert.equal(ran.code, 0, ran.stdout + ran.stderr)
  return ran
}

/** What a sign-in needs: the app as the simulator has it now. */
const appIn = ({ sim }: ProvisionWorld, name: string) => {
  const app = sim.control.state()[0]?.apps.find((one) => one.name === name)
  assert.ok(app, `${name} is there`)
  return app
}

test('a web application: every control passes, the pair opens it, and the secret is in its destination alone', async (t) => {
  const world = await provisionWorld(t)
  const { folder, sim } = world
  const dry = good(await folder.run([...web('Erp_Sync'), '--dry-run']))
  assert.match(dry.stdout, /The org accepts it/)
  assert.ok(!existsSync(join(folder.path, 'erp.env')), 'a dry run writes nothing')
  assert.deepEqual((await folder.json(['provision', 'list'])).value.made, [])

  const made = await folder.json([...web('Erp_Sync'), '--yes'])
  assert.equal(made.code, 0, JSON.stringify(made.value))
  assert.equal(made.value.done, true)
  assert.deepEqual(made.value.judgement.failed, [])
  assert.deepEqual(made.value.judgement.unknown, [])
  for (const id of ['app-pkce-required', 'app-rotation-enabled', 'app-idle-ttl', 'app-token-ip-allowlist'])
    assert.ok(made.value.judgement.passed.includes(id), id)
  const { SF_CONSUMER_KEY: key, SF_CONSUMER_SECRET: secret = '' } = env(world)
  assert.equal(key, made.value.consumerKey)
  assert.equal(appIn(world, 'Erp_Sync').clientId, key)

  const audited = await folder.json(['audit', 'acme', '--profile', 'partner-2026', '--fail-on', 'never'])
  const subjects = audited.value.results.flatMap((result: { findings: { subject: string }[] }) =>
    result.findings.map(({ subject }) => subject),
  )
  assert.ok(!subjects.includes('eca:Erp_Sync'), 'an audit finds nothing wrong with it')

  // Nobody has the permission set yet: with the pair the org refuses the user, with any other secret the client.
  const refusal = async (password: string): Promise<string> => {
    const form = { grant_type: 'client_credentials', client_id: key ?? '', client_secret: password }
    const answer = await fetch(`${sim.url}/services/oauth2/token`, { method: 'POST', body: new URLSearchParams(form) })
    return ((await answer.json()) as { readonly error: string }).error
  }
  assert.equal(await refusal('another'), 'invalid_client')
  assert.equal(await refusal(secret), 'invalid_grant', 'the org knows the secret')

  assert.ok(secret.length >= 64)
  assert.ok(!JSON.stringify(made.value).includes(secret))
  for (const path of readdirSync(folder.path, { recursive: true, encoding: 'utf8' })) {
    const file = join(folder.path, path)
    if (!statSync(file).isFile() || path === 'erp.env') continue
    assert.ok(!readFileSync(file).includes(secret), `${path} holds the secret`)
  }
  const again = await folder.json([...web('Erp_Sync'), '--yes'])
  assert.equal(again.value.change.outcome, 'nothing-to-do')
  assert.equal(env(world)['SF_CONSUMER_SECRET'], secret, 'it is not made anew')
  const other = await folder.run([...web('Erp_Sync'), '--idle-days', '7', '--yes'])
  assert.equal(other.code, 2)
  assert.match(other.stderr, /was made already, and the description says otherwise/)
})

test('without anybody to agree nothing is written; what is unsafe never gets that far', async (t) => {
  const world = await provisionWorld(t)
  const { folder, sim } = world
  const ran = good(await folder.run(web('Erp')))
  assert.match(ran.stdout, /Nobody is there to agree/)
  const before = sim.control.state()[0]?.apps.length
  for (const [more, said] of [
    [{ '--callback': 'http://erp.acme.example/cb' }, /not encrypted/],
    [{ '--callback': 'http://localhost:8080/cb' }, /any program can listen/],
    [{ '--scope': 'full' }, /scope full is everything/],
    [{ '--flow': 'client-credentials' }, /none is named/],
    [{ '--permission-set': 'X"><y' }, /API name/],
    [{ '--contact': 'nobody' }, /contact/],
    [{ '--secret-to': 'nowhere' }, /names no destination/],
  ] as const) {
    const refused = await folder.run([...web('Erp', more), '--yes'])
    assert.ok([2, 3].includes(refused.code ?? 0), refused.stdout + refused.stderr)
    assert.match(refused.stderr, said)
  }
  for (const name of ['../x', 'A__B', 'a b', '\u001b[31mX'])
    assert.equal((await folder.run([...web(name), '--yes'])).code, 2, name)
  assert.equal(sim.control.state()[0]?.apps.length, before)
})

test('an app that others made is left alone; so is a connected app of the same name', async (t) => {
  const world = await provisionWorld(t)
  const { folder } = world
  good(await folder.run([...web('Erp'), '--dir', 'app']))
  const refused = await folder.run([...web('Web'), '--yes'])
  assert.match(refused.stderr, /There is a connected app Web/)
  good(await folder.run([...web('Theirs'), '--yes']))
  // Another store, another Keyturn: it did not make it.
  const stranger = await provisionWorldOf(world)
  const taken = await folder.run([...web('Theirs'), '--yes', ...stranger])
  assert.equal(taken.code, 2)
  assert.match(taken.stderr, /There is an external client app Theirs already, and Keyturn did not make it/)
  // A run that was refused leaves nothing behind that would make it ours.
  assert.deepEqual((await folder.json(['provision', 'list', ...stranger])).value.made, [])
})

test('a machine’s app says who still needs its permission set, and never runs as somebody who may much', async (t) => {
  const { folder } = await provisionWorld(t)
  const app = ['provision', 'app', 'acme', 'Batch', '--purpose', 'of a test', '--contact', 'ops@acme.example']
  const flow = ['--flow', 'client-credentials', '--permission-set', 'Batch_App', '--create', '--yes']
  for (const [username, said] of [
    ['admin@acme.example', /may do much more/],
    ['integration@acme.example', /is not API only/],
    ['nobody@acme.example', /no active user/],
  ] as const) {
    const refused = await folder.run([...app, ...flow, '--runs-as', username])
    assert.equal(refused.code, 2)
    assert.match(refused.stderr, said)
  }
  const made = await folder.json([...app, ...flow, '--runs-as', 'api@acme.example'])
  assert.equal(made.value.done, true, JSON.stringify(made.value))
  assert.match(made.value.clicks.join(), /Give the permission set Batch_App to api@acme.example/)
  assert.match(made.value.clicks.join(), /Consumer Key and Secret/)
})

/** Flags that name another store, with a grant of the same administrator. */
const provisionWorldOf = async ({ folder, sim }: ProvisionWorld): Promise<readonly string[]> => {
  const admin = sim.control.grant({ user: 'admin@acme.example', app: 'Web' })
  const store = ['--store', 'sqlite:./other.db']
  good(await folder.run(['init', ...store]))
  const client = ['--login-url', sim.url, '--client-id', admin.clientId, '--client-secret-ref', 'file:web.secret']
  good(
    await folder.run(['connect', 'acme', '--refresh-token-stdin', ...client, ...store], {
      stdin: `${admin.refreshToken}\n`,
    }),
  )
  return store
}

test('killed at any of its requests, the next run ends with one app, one pair, one place', async (t) => {
  const world = await provisionWorld(t)
  const { folder, sim } = world
  let kills = 0
  for (let skip = 0; ; skip += 9) {
    const name = `Erp_${skip}`
    const fault = sim.control.addFault({
      skip,
      count: 1,
      action: skip % 2 === 0 ? { holdAfter: true } : { holdBefore: true },
    })
    const running = folder.start([...web(name), '--yes'])
    let over = false
    void running.ended.then(() => (over = true))
    const isHeld = async (): Promise<boolean> =>
      (await sim.control.held({ fault: fault.id, count: 1, timeoutMs: 100 })).length > 0
    while (!(await isHeld()) && !over);
    if (over) {
      sim.control.removeFaults(fault.id)
      good(await running.ended)
      break
    }
    running.child.kill('SIGKILL')
    await running.ended
    kills += 1
    sim.control.removeFaults(fault.id)
    sim.control.release()
    const made = await folder.json([...web(name), '--yes'])
    assert.equal(made.value.done, true, `killed at request ${skip}: ${JSON.stringify(made.value)}`)
    const { SF_CONSUMER_KEY: key } = env(world)
    assert.equal(appIn(world, name).clientId, key, `killed at request ${skip}`)
    assert.equal(made.value.consumerKey, key)
  }
  assert.ok(kills >= 4, `${kills} kills`)
  const { value } = await folder.json(['provision', 'list'])
  assert.deepEqual(
    value.made.filter(({ state }: { state: string }) => state !== 'done'),
    [],
  )
})

test('files of --dir deploy as they are, and what comes of them passes', async (t) => {
  const world = await provisionWorld(t)
  const { folder, admin, sim } = world
  const dir = ['--dir', 'force-app/main/default']
  const ran = good(await folder.run([...web('From_Files'), ...dir]))
  assert.match(ran.stdout, /From_Files_glbloauth\.ecaGlblOauth-meta\.xml/)
  const { Connection } = await import('@jsforce/jsforce-node')
  const { zipSync } = await import('fflate')
  const conn = new Connection({ instanceUrl: sim.url, accessToken: admin.accessToken, version: '67.0' })
  conn.metadata.pollInterval = 10
  const root = join(folder.path, 'force-app/main/default')
  const paths = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.xml'))
  assert.equal(paths.length, 7)
  const types = new Map([
    ['permissionsets', ['PermissionSet', 'From_Files_User']],
    ['externalClientApps', ['ExternalClientApplication', 'From_Files']],
    ['extlClntAppOauthSettings', ['ExtlClntAppOauthSettings', 'From_Files_oauth']],
    ['extlClntAppGlobalOauthSets', ['ExtlClntAppGlobalOauthSettings', 'From_Files_glbloauth']],
    ['extlClntAppOauthPolicies', ['ExtlClntAppOauthConfigurablePolicies', 'From_Files_oauthPlcy']],
    ['extlClntAppPolicies', ['ExtlClntAppConfigurablePolicies', 'From_Files_plcy']],
    ['extlClntAppOauthSecuritySettings', ['ExtlClntAppOauthSecuritySettings', 'From_Files_oauthSecurity']],
  ])
  const members = [...types.values()].map(
    ([type, name]) => `<types><members>${name}</members><name>${type}</name></types>`,
  )
  const files: Record<string, Uint8Array> = {
    'package.xml': Buffer.from(
      `<Package xmlns="http://soap.sforce.com/2006/04/metadata">${members.join('')}<version>67.0</version></Package>`,
    ),
  }
  for (const path of paths) files[path.replace(/-meta\.xml$/, '')] = readFileSync(join(root, path))
  const options = { singlePackage: true, rollbackOnError: true }
  const result = await conn.metadata.deploy(Buffer.from(zipSync(files)), options).complete(true)
  assert.equal(result.success, true, JSON.stringify(result.details))
  const audited = await folder.json(['audit', 'acme', '--profile', 'partner-2026', '--fail-on', 'never'])
  assert.ok(!JSON.stringify(audited.value.results).includes('eca:From_Files'))
  const twice = await folder.run([...web('From_Files'), ...dir])
  assert.equal(twice.code, 2)
  assert.match(twice.stderr, /is there already/)
})

test('JWT bearer: the certificate goes in, no secret is needed, and an assertion signs in', async (t) => {
  const world = await provisionWorld(t)
  const { folder, sim } = world
  const [key, pem] = [join(folder.path, 'jwt.key'), join(folder.path, 'jwt.pem')]
  const subject = ['-subj', '/CN=erp', '-days', '90', '-keyout', key, '-out', pem]
  execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', ...subject], { stdio: 'ignore' })
  const jwt = [
    ...['provision', 'app', 'acme', 'Erp_Jwt', '--purpose', 'ERP by JWT', '--contact', 'ops@acme.example'],
    ...['--flow', 'jwt-bearer', '--permission-set', 'Billing_Sync_Integration', '--yes'],
  ]
  const wrong = await folder.run([...jwt, '--certificate', key])
  assert.match(wrong.stderr, /private key in it/)
  writeFileSync(join(folder.path, 'odd.pem'), 'no certificate')
  assert.match((await folder.run([...jwt, '--certificate', 'odd.pem'])).stderr, /no certificate in it/)
  const made = await folder.json([...jwt, '--certificate', pem])
  assert.equal(made.value.done, true, JSON.stringify(made.value))
  assert.deepEqual(made.value.judgement.failed, [])
  // api@acme.example holds the permission set.
  const ways = ['--login-url', sim.url, '--client-id', made.value.consumerKey, '--key-file', key]
  good(await folder.run(['connect', 'erp', '--jwt', ...ways, '--username', 'api@acme.example']))
  const stranger = await folder.run(['connect', 'no', '--jwt', ...ways, '--username', 'integration@acme.example'])
  assert.notEqual(stranger.code, 0, 'nobody without the permission set comes in')
})

test('an older org: what its metadata has no element for becomes a click, and is not called passed', async (t) => {
  const world = await provisionWorld(t)
  const { folder, sim } = world
  sim.control.changeOrg({ settings: { newOauthElements: 'absent' } })
  const made = await folder.json([...web('Old'), '--yes'])
  assert.equal(made.code, 0, JSON.stringify(made.value))
  assert.match(made.value.clicks.join('\n'), /unused for 30 days end/)
  assert.match(made.value.clicks.join('\n'), /allow refresh tokens from 203\.0\.113\.10 only/)
  const unknown = made.value.judgement.unknown.map(({ control }: { control: string }) => control)
  assert.ok(unknown.includes('app-idle-ttl') && unknown.includes('app-token-ip-allowlist'), unknown.join())
})

test('a secret whose destination fails stays sealed, and the next run delivers the same one', async (t) => {
  const world = await provisionWorld(t)
  const { folder } = world
  const yaml = join(folder.path, 'keyturn.yaml')
  const good_ = readFileSync(yaml, 'utf8')
  // A program that says yes when it is asked and fails when it is to write.
  writeFileSync(
    yaml,
    good_.replace(/ {2}erp: .*/, `  erp: { kind: command, run: ["${process.execPath}", "-e", "process.exit(3)"] }`),
  )
  const failed = await folder.run([...web('Erp'), '--yes'])
  assert.notEqual(failed.code, 0)
  assert.match(failed.stderr, /DESTINATION_/)
  const key = appIn(world, 'Erp').clientId
  writeFileSync(yaml, good_)
  for (const unasked of [['--dry-run'], []]) {
    assert.notEqual((await folder.run([...web('Erp'), ...unasked])).code, 0, 'it is not finished')
    assert.ok(!existsSync(join(folder.path, 'erp.env')), 'nobody agreed to it')
  }
  const made = await folder.json([...web('Erp'), '--yes'])
  assert.equal(made.value.done, true, JSON.stringify(made.value))
  assert.equal(env(world)['SF_CONSUMER_KEY'], key)
  assert.equal(made.value.consumerKey, key)
})
