/** Programs that show nothing, hang, leave something behind; arguments that can't be; secrets that must not be seen. */
import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { variables } from '../../src/rehearsal/credentials.ts'
import type { Finding } from '../../src/rehearsal/rehearse.ts'
import { makeFolder } from '../cli.ts'
import type { Folder, Ran } from '../cli.ts'
import { client, secretShape } from './rehearsing.ts'

const node = (script: string, ...args: readonly string[]): readonly string[] => [
  '--',
  process.execPath,
  '-e',
  script,
  ...args,
]
const call = `fetch(process.env.SF_INSTANCE_URL + '/services/data/v60.0/limits', { headers: { authorization: 'Bearer ' + process.env.SF_ACCESS_TOKEN } })`
const keepRunning = 'setInterval(() => undefined, 1000)'

const assertInconclusive = (ran: Ran, why: RegExp): void => {
  assert.equal(ran.code, 1, ran.stderr)
  const { ok, behaviours } = JSON.parse(ran.stdout) as { readonly ok: boolean; readonly behaviours: readonly Finding[] }
  assert.equal(ok, false)
  assert.equal(behaviours.length, 8)
  for (const { verdict, modes } of behaviours) {
    assert.equal(verdict, 'inconclusive')
    for (const mode of modes) assert.match(mode.why, why)
  }
}

/** A folder for temporary files of its own, to see what is left there. */
const withTemporary = (t: TestContext): { readonly folder: Folder; readonly temporary: string } => {
  const folder = makeFolder(t)
  const temporary = join(folder.path, 'temporary')
  mkdirSync(temporary)
  Object.assign(folder.env, { TMPDIR: temporary, TEMP: temporary, TMP: temporary })
  return { folder, temporary }
}

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    // A process that nobody has waited for yet is over all the same.
    const stat = `/proc/${pid}/stat`
    return !existsSync(stat) || !/\) Z /.test(readFileSync(stat, 'utf8'))
  } catch {
    return false
  }
}

const gone = async (pid: number): Promise<boolean> => {
  for (let n = 0; n < 200; n++) {
    if (!isAlive(pid)) return true
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
  return false
}

test('a program that never asks the token endpoint is inconclusive, never a pass', async (t) => {
  assertInconclusive(await makeFolder(t).run(['rehearse', '--json', ...node(call)]), /never asked the token endpoint/)
})

test('a program that ignores everything and ends is inconclusive, whatever its exit code', async (t) => {
  const folder = makeFolder(t)
  const nothing = /nothing of it reached the simulated org/
  assertInconclusive(await folder.run(['rehearse', '--json', ...node('process.exit(0)')]), nothing)
  assertInconclusive(await folder.run(['rehearse', '--json', ...node('process.exit(3)')]), nothing)
  const allowed = await folder.run(['rehearse', '--allow-inconclusive', ...node('0')])
  assert.equal(allowed.code, 0)
  assert.match(allowed.stdout, /0 passed, 0 failed, 8 inconclusive/)
})

test('a program that says it passed has said nothing', async (t) => {
  const claims = `console.log('<testsuite tests="8" failures="0"/> ok 1 all passed')`
  assertInconclusive(await makeFolder(t).run(['rehearse', '--json', ...node(claims)]), /nothing of it reached/)
})

test('a program that hangs is ended in time with what it started, and nothing is left', async (t) => {
  const { folder, temporary } = withTemporary(t)
  const pids = join(folder.path, 'pids')
  const script = `const { spawn } = require('node:child_process')
    const child = spawn(process.execPath, ['-e', '${keepRunning}'], { stdio: 'ignore' })
    require('node:fs').writeFileSync(${JSON.stringify(pids)}, process.pid + ' ' + child.pid)
    ${keepRunning}`
  assertInconclusive(
    await folder.run(['rehearse', '--json', '--timeout', '2', ...node(script)]),
    /did not end within 2 s/,
  )
  for (const pid of readFileSync(pids, 'utf8').split(' ')) assert(await gone(Number(pid)), `${pid} is still there`)
  assert.deepEqual(readdirSync(temporary), [])
})

test(
  'a signal ends the rehearsal and what it started, and leaves no folder behind',
  { skip: process.platform === 'win32' && 'no signals' },
  async (t) => {
    const { folder, temporary } = withTemporary(t)
    const script = `console.log('started ' + process.pid); ${keepRunning}`
    const running = folder.start(['rehearse', '--show-output', ...node(script)])
    const [, pid = ''] = await running.said(/started (\d+)/)
    running.child.kill('SIGINT')
    assert.equal((await running.ended).code, 130)
    assert(await gone(Number(pid)))
    assert.deepEqual(readdirSync(temporary), [])
  },
)

test(
  'when nobody reads what is shown any more, nothing is left either',
  { skip: process.platform === 'win32' && 'pipes end differently' },
  async (t) => {
    const { folder, temporary } = withTemporary(t)
    const script = `setInterval(() => console.log('pid ' + process.pid + ' '), 5)`
    const running = folder.start(['rehearse', '--show-output', ...node(script)])
    const [, pid = ''] = await running.said(/pid (\d+) /)
    running.child.stderr?.destroy()
    await running.ended
    assert(await gone(Number(pid)))
    assert.deepEqual(readdirSync(temporary), [])
  },
)

test('the program finds the org in its environment and files, and no credentials of ours', async (t) => {
  const folder = makeFolder(t)
  const script = `const { readFileSync } = require('node:fs')
    const file = JSON.parse(readFileSync(process.argv[1], 'utf8'))
    const expected = ${JSON.stringify(variables)}
    const wrong = Object.entries(expected).filter(([name, variable]) => (process.env[variable] ?? '') !== file[name])
    const leaked = Object.keys(process.env).filter((name) => /MINE/.test(process.env[name]))
    console.log('wrong: ' + wrong.length + ' leaked: ' + leaked + ' user: ' + process.argv[2] + ' cost: \${clientId} {}')
    console.log('secret: ' + process.env.SF_REFRESH_TOKEN + ' ' + process.env.SF_CLIENT_SECRET)`
  const mine = { SF_AUTH_TOKEN: 'MINE', SFDX_AUTH_URL: 'MINE', KEYTURN_MASTER_KEY: 'MINE', SALESFORCE_PASSWORD: 'MINE' }
  const args = node(script, '{credentialsFile}', '{username}')
  const { stdout, stderr } = await folder.run(['rehearse', '--show-output', ...args], { env: mine })
  assert.match(stderr, /wrong: 0 leaked: {2}user: integration@\S+\.example cost: \$\{clientId\} \{\}/)
  assert.match(stderr, /secret: \[secret\] \[secret\]/)
  assert.doesNotMatch(stdout + stderr, secretShape)
})

test('over HTTPS there is an SFDX auth URL and a certificate that the program trusts', async (t) => {
  const script = `${call}.then(({ status }) => console.log(status, /^force:\\/\\/.+@/.test(process.env.SFDX_AUTH_URL)))`
  const { stderr } = await makeFolder(t).run(['rehearse', '--https', '--show-output', ...node(script)])
  assert.match(stderr, /200 true/)
})

test('secrets are no placeholders unless asked for', async (t) => {
  const folder = makeFolder(t)
  const refused = await folder.run(['rehearse', '--json', ...node('0', '{refreshToken}')])
  assert.equal(refused.code, 2)
  assert.match(refused.stdout, /SF_REFRESH_TOKEN/)
  const script = `console.log('same: ' + (process.argv[1] === process.env.SF_REFRESH_TOKEN))`
  const { stderr } = await folder.run(['rehearse', '--allow-argv', '--show-output', ...node(script, '{refreshToken}')])
  assert.match(stderr, /same: true/)
})

test('bad arguments are told as such, with what to do', async (t) => {
  const folder = makeFolder(t)
  const cases: readonly (readonly [readonly string[], RegExp])[] = [
    [[], /No program to rehearse/],
    [['--'], /No program to rehearse/],
    [['node', 'x.js'], /too many/],
    [['--copies', '1', ...node('0')], /--copies/],
    [['--mode', 'strict', ...node('0')], /--mode/],
    [['--behaviour', 'nonsense', ...node('0')], /--behaviour/],
    [['--log', 'no/such/folder/log', ...node('0')], /--log cannot be written \(ENOENT\)/],
    [['--', 'no-such-program-anywhere'], /was not found/],
    [node('0', '{loginurl}'), /no placeholder \{loginurl\}/],
  ]
  for (const [args, message] of cases) {
    const { code, stderr, stdout } = await folder.run(['rehearse', ...args])
    assert.equal(code, 2, `${args.join(' ')}: ${stderr}`)
    assert.match(stderr, message)
    assert.match(stderr, /^→ /m)
    assert.equal(stdout, '')
  }
})

test('a program that was ended before it could show that it gets in again has not failed to', async (t) => {
  const script = `(async () => {
    const api = (token) => fetch(process.env.SF_INSTANCE_URL + '/services/data/v60.0/limits', { headers: { authorization: 'Bearer ' + token } })
    if ((await api(process.env.SF_ACCESS_TOKEN)).ok) return
    const form = { grant_type: 'refresh_token', refresh_token: process.env.SF_REFRESH_TOKEN, client_id: process.env.SF_CLIENT_ID, client_secret: process.env.SF_CLIENT_SECRET }
    const answer = await fetch(process.env.SF_TOKEN_URL, { method: 'POST', body: new URLSearchParams(form) }).catch(() => null)
    if (answer?.ok) await api((await answer.json()).access_token)
    else ${keepRunning}
  })()`
  const flags = ['--timeout', '6', '--mode', 'documented', '--behaviour', 'survives-lost-answer']
  const ran = await makeFolder(t).run(['rehearse', '--json', ...flags, ...node(script)])
  const { behaviours } = JSON.parse(ran.stdout) as { readonly behaviours: readonly Finding[] }
  assert.deepEqual(
    behaviours.map(({ verdict }) => verdict),
    ['inconclusive'],
  )
  assert.match(behaviours[0]?.modes[0]?.why ?? '', /Raise --timeout/)
})

test('a program with a single call a run leaves open what it could not show', async (t) => {
  const flags = ['--mode', 'documented', '--behaviour', 'reads-new-token', '--behaviour', 'one-exchange-in-process']
  const folder = makeFolder(t)
  const ran = await folder.run(['rehearse', '--json', ...flags, '--', process.execPath, client('jsforce')], {
    env: { CALLS: '1' },
  })
  const { behaviours } = JSON.parse(ran.stdout) as { readonly behaviours: readonly Finding[] }
  assert.deepEqual(
    behaviours.map(({ verdict }) => verdict),
    ['inconclusive', 'inconclusive'],
  )
  assert.match(behaviours[0]?.modes[0]?.why ?? '', /Let a run make more API calls/)
})
