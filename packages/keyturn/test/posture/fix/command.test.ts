/** `keyturn fix` as people and scripts run it, on a careless company, over the wire. */
import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { scenario, startSimulator } from '@keyturn/simulator'
import { exitCodes } from '@keyturn/tokens'
import { makeFolder } from '../../cli.ts'
import type { Lasting } from '../../cli.ts'

const ada = 'ada.admin@legacy.example'

const company = async (t: Lasting & { readonly name: string }, { hostile = false, user = ada } = {}) => {
  const sim = await startSimulator({ seed: t.name, orgs: [scenario('legacy-company', { hostile })] })
  t.after(() => sim.close())
  const folder = makeFolder(t)
  const { clientId, clientSecret, refreshToken } = sim.control.grant({ user, app: 'Team_CLI' })
  const env = { APP_SECRET: clientSecret }
  assert.equal((await folder.run(['init'])).code, 0)
  const connect = ['connect', 'acme', '--refresh-token-stdin', '--login-url', sim.url, '--client-id', clientId]
  const connected = await folder.run([...connect, '--client-secret-ref', 'env:APP_SECRET'], {
    stdin: `${refreshToken}\n`,
    env,
  })
  assert.equal(connected.code, 0, connected.stderr)
  const jobsBefore = sim.control.metadataJobs().length
  const settings = (member: string): string =>
    JSON.stringify(sim.control.components({ type: 'Settings' }).find(({ fullName }) => fullName === member)?.body)
  const entries = async (): Promise<readonly { kind: string; data: Record<string, unknown> }[]> => {
    const { stdout } = await folder.run(['ledger', 'export'], { env })
    return stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { kind: string; data: Record<string, unknown> })
      .filter(({ kind }) => kind.startsWith('fix-'))
  }
  return {
    sim,
    folder,
    settings,
    entries,
    /** Deployments, and retrievals, since the company was as it is. */
    jobs: () => sim.control.metadataJobs().length - jobsBefore,
    fix: (...args: readonly string[]) => folder.run(['fix', 'acme', ...args], { env }),
    start: (...args: readonly string[]) => folder.start(['fix', 'acme', ...args], { env }),
    json: (...args: readonly string[]) => folder.json(['fix', 'acme', ...args], { env }),
  }
}

/** One company for all that do not disturb each other, in the order in which they change it. */
const ends: (() => unknown)[] = []
after(async () => {
  for (const end of ends.toReversed()) await end()
})
let made: ReturnType<typeof company> | undefined
const shared = (): ReturnType<typeof company> =>
  (made ??= company({ after: (end) => void ends.push(end), name: 'fix' }))

test('what can be mended is listed with who would be cut off, and what can’t with who can; nothing is changed', async () => {
  const { fix, json, jobs } = await shared()
  const { code, value } = await json()
  assert.equal(code, 0)
  const of = (control: string) => value.fixable.find((one: { control: string }) => one.control === control)
  assert.equal(of('password-length').safe, true)
  assert.equal(of('oauth-password-flow-blocked').impact.cutOff[0].user, 'erp.sync@legacy.example')
  assert.equal(of('api-access-control').impact.locksOutSelf, true)
  assert(value.unfixable.some((one: { control: string }) => one.control === 'trusted-ranges'))
  const { stdout } = await fix()
  assert.match(
    stdout,
    /^\d+ changes can be made from here: \d+ safe, \d+ would cut somebody off, of \d+ nobody can tell/,
  )
  assert.match(stdout, /Safe: cuts nobody off[^]*\npassword-length /)
  assert.match(stdout, /Cuts somebody off, or nobody can tell[^]*\noauth-password-flow-blocked /)
  assert.match(stdout, /api-access-control .* locks this account out/)
  assert.match(stdout, /trusted-ranges: setting:Security\.networkAccess\.ipRanges/)
  assert.equal(jobs(), 0, 'not even a dry run')
})

test('controls, subjects and what is wrong with them: each mistake is named', async () => {
  const { fix, json } = await shared()
  const near = await fix('password-lenght')
  assert.equal(near.code, exitCodes.usage)
  assert.match(near.stderr, /did you mean password-length/)
  const subject = await fix('password-length', 'setting:Security.x')
  assert.equal(subject.code, exitCodes.usage)
  assert.match(subject.stderr, /is no finding of this control/)
  const elsewhere = await fix('oauth-pkce-for-org')
  assert.equal(elsewhere.code, exitCodes.usage)
  assert.match(elsewhere.stderr, /profile baseline does not ask for oauth-pkce-for-org/)
  const byHand = await json('trusted-ranges', '--yes')
  assert.deepEqual([byHand.code, byHand.value.unfixable.length], [1, 1])
  const named = await json('password-length', 'setting:Security.passwordPolicies.minimumPasswordLength')
  assert.equal(named.code, 0)
})

test('what keyturn.yaml says is expected here is nothing to mend', async () => {
  const { json, folder } = await shared()
  const named = async (): Promise<boolean> => {
    const { value } = await json('app-scope-full')
    return JSON.stringify([value.fixable, value.unfixable]).includes('app:ERP_Sync')
  }
  assert.equal(await named(), true)
  const path = join(folder.path, 'keyturn.yaml')
  const settings = readFileSync(path, 'utf8')
  writeFileSync(path, `${settings}\ncontrols:\n  app-scope-full: { allowed: [ERP_Sync] }\n`)
  try {
    assert.equal(await named(), false)
  } finally {
    writeFileSync(path, settings)
  }
})

test('what would cut off the account that makes it is refused, whatever is overridden', async () => {
  const { json, settings, entries } = await shared()
  const { code, value } = await json('api-access-control', '--yes', '--cut-off-anyway', 'I know what I do')
  assert.deepEqual([code, value.outcome], [exitCodes.denied, 'locks-out-self'])
  assert.match(settings('ConnectedApp'), /"enableAdminApprovedAppsOnly":false/)
  assert.deepEqual(await entries(), [])
})

test('without a terminal and without --yes it is a dry run and says so; with --yes it is applied, judged again, and in the ledger without names', async () => {
  const { fix, settings, entries, json } = await shared()
  const dry = await fix('password-length')
  assert.equal(dry.code, 0, dry.stderr)
  assert.match(dry.stdout, /-\s+<minimumPasswordLength>5<\/minimumPasswordLength>\n\+\s+<minimumPasswordLength>8</)
  assert.match(dry.stdout, /The org accepts it/)
  assert.match(dry.stdout, /Nobody is there to agree, so this was a dry run/)
  assert.match(settings('Security'), /"minimumPasswordLength":"5"/)
  assert.deepEqual(await entries(), [])
  const done = await fix('password-length', '--yes')
  assert.equal(done.code, 0, done.stderr)
  assert.match(done.stdout, /Applied\.\n✓ Read again and judged again: 1 finding fewer/)
  assert.match(settings('Security'), /"minimumPasswordLength":"8"/)
  const written = await entries()
  assert.deepEqual(
    written.map(({ kind, data }) => [kind, data['control'], data['outcome'] ?? null]),
    [
      ['fix-began', 'password-length', null],
      ['fix-ended', 'password-length', 'applied'],
    ],
  )
  assert.doesNotMatch(JSON.stringify(written), /Passwords are long|legacy\.example/)
  const again = await json('password-length', '--yes')
  assert.deepEqual([again.code, again.value.outcome], [0, 'nothing-to-do'])
  assert.equal((await entries()).length, 2)
})

test('--all-safe makes what cuts nobody off, as one change; what cuts somebody off stays as it is', async () => {
  const { json, settings } = await shared()
  const { code, value } = await json('--all-safe', '--yes')
  assert.deepEqual([code, value.outcome, value.verified?.ok], [0, 'applied', true], JSON.stringify(value.verified))
  assert.deepEqual([value.impact.cutOff, value.impact.possible, value.impact.blind], [[], [], []])
  assert.match(settings('Security'), /"minimumPasswordLength":"8"/)
  assert.match(settings('OauthOidc'), /"blockOAuthUnPwFlow":false/)
  assert.match(settings('Security'), /"enableMFADirectUILoginOptIn":false/)
  // What relies on each other comes one after the other, judged anew, until nothing safe is left.
  let left = value.later.length
  for (let round = 0; left > 0 && round < 5; round++) {
    const next = await json('--all-safe', '--yes')
    assert.equal(next.value.outcome, 'applied', JSON.stringify(next.value.verified))
    left = next.value.later.length
  }
  const rest = await json('--all-safe', '--yes')
  assert.equal(rest.value.outcome, 'nothing-to-do')
  assert.match(settings('OauthOidc'), /"blockOAuthUnPwFlow":false/)
})

test('who would be cut off needs a reason, also for --yes; the reason is in the ledger as a commitment', async () => {
  const { fix, settings, entries, json } = await shared()
  const dry = await json('oauth-password-flow-blocked', '--dry-run')
  assert.deepEqual([dry.code, dry.value.outcome, dry.value.needsOverride], [1, 'dry-run', true])
  const refused = await fix('oauth-password-flow-blocked', '--yes')
  assert.equal(refused.code, 1)
  assert.match(refused.stdout, /erp\.sync@legacy\.example +ERP_Sync +OauthUsernamePassword/)
  assert.match(settings('OauthOidc'), /"blockOAuthUnPwFlow":false/)
  assert.equal((await fix('oauth-password-flow-blocked', '--yes', '--cut-off-anyway', ' ')).code, exitCodes.usage)
  const done = await json('oauth-password-flow-blocked', '--yes', '--cut-off-anyway', 'ERP has moved')
  assert.deepEqual([done.code, done.value.outcome, done.value.verified.ok], [0, 'applied', true])
  assert.match(settings('OauthOidc'), /"blockOAuthUnPwFlow":true/)
  const began = (await entries()).at(-2)
  assert.equal(began?.data['cutOff'], 1)
  assert.match(String(began?.data['override']), /^text:/)
})

test('who may see a setting and not change it is refused in the org’s words, and nothing is deployed', async (t) => {
  const { json, jobs } = await company(t, { user: 'hanna.hill@legacy.example' })
  const { code, value } = await json('password-length', '--yes')
  assert.deepEqual([code, value.error?.code], [exitCodes.remote, 'ORG_REFUSED'])
  assert.match(value.error.message, /INSUFFICIENT_ACCESS/)
  assert.equal(jobs(), 0)
})

test('hostile names do nothing to a terminal', async (t) => {
  const { fix } = await company(t, { hostile: true })
  for (const args of [[], ['api-access-control']]) {
    const { stdout, stderr } = await fix(...args)
    // oxlint-disable-next-line no-control-regex -- what must not be there
    assert.doesNotMatch(stdout + stderr, /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/)
    assert.doesNotMatch(stdout + stderr, / at .*\.(ts|js):\d+/)
  }
})

test('interrupted in the middle of a deployment: no stack, what was begun is in the ledger, and the next run ends it', async (t) => {
  const { sim, start, entries, json, settings } = await company(t)
  const args = ['password-length', '--yes'] as const
  const deployments = (): number => sim.control.metadataJobs().filter(({ kind }) => kind === 'deploy').length
  const before = deployments()
  // The org answers one request after the other, until it has begun to deploy in earnest: the first was the dry run.
  const fault = sim.control.addFault({ match: { endpoint: 'metadata' }, count: 'forever', action: { holdAfter: true } })
  const running = start(...args)
  let over = false
  void running.ended.then(() => (over = true))
  while (deployments() < before + 2) {
    assert(!over, 'it ended before the deployment')
    const held = await sim.control.held({ fault: fault.id, count: 1, timeoutMs: 1_000 })
    if (deployments() < before + 2) for (const { id } of held) sim.control.release(id)
  }
  assert(running.child.kill('SIGINT'))
  const { code, signal, stdout, stderr } = await running.ended
  assert.deepEqual([code, signal], [null, 'SIGINT'])
  assert.doesNotMatch(stdout + stderr, / at .*\.(ts|js):\d+|Applied/)
  sim.control.removeFaults(fault.id)
  sim.control.release()
  assert.deepEqual(
    (await entries()).map(({ kind }) => kind),
    ['fix-began'],
  )
  const again = await json(...args)
  assert.equal(again.code, 0, JSON.stringify(again.value))
  assert.match(settings('Security'), /"minimumPasswordLength":"8"/)
})
