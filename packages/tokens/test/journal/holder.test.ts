import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdtemp, readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { provedDead, thisHolder } from '../../src/holder.ts'
import { stateFolderOf } from '../../src/state-folder.ts'

const linuxOnly = process.platform !== 'linux' && 'reads /proc'

async function newState(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'keyturn-holder-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  return join(folder, 'state')
}

test('a host keeps its id, and many processes that start at once agree on it', async (t) => {
  const state = await newState(t)
  const holders = await Promise.all(Array.from({ length: 20 }, () => thisHolder(state)))
  assert.equal(new Set(holders.map(({ host }) => host)).size, 1)
  assert.equal(new Set(holders.map(({ process }) => process)).size, 1)
  assert.deepEqual(await thisHolder(state), holders[0])
  const [file = '', ...others] = await readdir(state)
  assert.deepEqual(others, [], 'nothing is left beside it')
  if (process.platform !== 'win32') assert.equal((await stat(join(state, file))).mode & 0o777, 0o600)
})

test('a folder from another machine makes a new host', async (t) => {
  const state = await newState(t)
  const here = await thisHolder(state)
  const copy = `${state}-copy`
  await cp(state, copy, { recursive: true })
  const [file = ''] = await readdir(copy)
  // As the other machine would have named it.
  await rename(join(copy, file), join(copy, 'host-0123456789abcdef.json'))
  assert.notEqual((await thisHolder(copy)).host, here.host)
  assert.equal((await readdir(copy)).length, 2)
})

test('a host file that is not ours is an error, not a new identity', async (t) => {
  const state = await newState(t)
  await thisHolder(state)
  const [file = ''] = await readdir(state)
  await writeFile(join(state, file), '{"host":')
  await assert.rejects(thisHolder(state), { code: 'STORE_UNAVAILABLE' })
})

test('a state folder that can not be written is STORE_READ_ONLY', { skip: linuxOnly }, async () => {
  await assert.rejects(thisHolder('/sys/kernel/keyturn-state'), { code: 'STORE_READ_ONLY' })
})

test('a living process is not dead, a gone one is', { skip: linuxOnly }, async (t) => {
  const own = await thisHolder(await newState(t))
  const [boot, namespace] = own.process.split('/')
  const child = spawn(process.execPath, ['-e', 'process.stdin.resume()'], { stdio: ['pipe', 'ignore', 'inherit'] })
  await once(child, 'spawn')
  const start = (await readFile(`/proc/${child.pid}/stat`, 'utf8')).split(') ')[1]?.split(' ')[19]
  const holder = { host: own.host, process: `${boot}/${namespace}/${child.pid}/${start}` }
  assert.equal(provedDead(holder, own), false)
  assert.equal(provedDead({ ...holder, process: `${boot}/${namespace}/${child.pid}/1` }, own), true, 'pid used again')
  const exit = once(child, 'exit')
  child.stdin.end()
  await exit
  assert.equal(provedDead(holder, own), true)
  assert.equal(provedDead(own, own), false)
})

test('a zombie is dead: it can neither send nor hear', { skip: linuxOnly }, async (t) => {
  const own = await thisHolder(await newState(t))
  const [boot, namespace] = own.process.split('/')
  // exec: the sleeping program never collects the child it inherited.
  const parent = spawn('sh', ['-c', 'sh -c "read line" <&3 & echo $!; exec tail -f /dev/null'], {
    stdio: ['ignore', 'pipe', 'inherit', 'pipe'],
  })
  t.after(() => parent.kill('SIGKILL'))
  assert.ok(parent.stdout)
  const [line] = (await once(parent.stdout, 'data')) as [Buffer]
  const pid = Number(line.toString())
  const fields = async (): Promise<string[]> =>
    (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ')[1]?.split(' ') ?? []
  const holder = { host: own.host, process: `${boot}/${namespace}/${pid}/${(await fields())[19]}` }
  assert.equal(provedDead(holder, own), false)
  // Until it has become the sleeping program, the shell would still collect its child.
  const name = async (): Promise<string> => (await readFile(`/proc/${parent.pid}/comm`, 'utf8')).trim()
  for (let tries = 0; (await name()) !== 'tail' && tries < 5_000; tries++) await new Promise(setImmediate)
  assert.equal(await name(), 'tail')
  process.kill(pid, 'SIGKILL')
  for (let tries = 0; (await fields())[0] !== 'Z' && tries < 5_000; tries++) await new Promise(setImmediate)
  assert.equal((await fields())[0], 'Z')
  assert.equal(provedDead(holder, own), true)
})

test('without proof nobody is dead', { skip: linuxOnly }, async (t) => {
  const own = await thisHolder(await newState(t))
  const [boot = '', namespace = ''] = own.process.split('/')
  const verdict = (process: string, host = own.host): boolean | 'unknown' => provedDead({ host, process }, own)
  const otherBoot = '00000000-0000-0000-0000-000000000000'
  assert.equal(verdict(`${boot}/${namespace}/999999999/1`, 'another host'), 'unknown')
  assert.equal(verdict(`${boot}/pid:[1]/999999999/1`), 'unknown', 'another container')
  assert.equal(verdict(`${otherBoot}/${namespace}/1/1`), true, 'before the last boot')
  assert.equal(verdict(`${otherBoot}/pid:[1]/1/1`), true, 'a container before the last boot')
  assert.equal(verdict(`-/${namespace}/${process.pid}/-`), 'unknown', 'start time not told')
  for (const text of [
    '',
    '/',
    `${boot}/${namespace}/-1/1`,
    `${boot}/${namespace}/0/1`,
    `${boot}/${namespace}/1e3/1/2`,
  ]) {
    assert.equal(verdict(text), 'unknown', text)
  }
})

test('the state lies beside the database, or below XDG_STATE_HOME', () => {
  const file = join(tmpdir(), 'keyturn.db')
  assert.equal(stateFolderOf(`sqlite:${file}`, {}), `${file}.host`)
  assert.equal(stateFolderOf('postgres://db/x', { XDG_STATE_HOME: 'state' }), join('state', 'keyturn'))
  assert.equal(stateFolderOf('postgres://db/x', { HOME: 'me' }), join('me', '.local', 'state', 'keyturn'))
})
