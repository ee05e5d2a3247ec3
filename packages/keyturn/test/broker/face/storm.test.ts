/** Legacy clients that log in without need: what they cost the org. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { login, post, query, startBroker } from './broker.ts'
import type { Enrolled, TestBroker } from './broker.ts'

const SECOND = 1_000

/** What the org saw that could cost a token or a limit: token requests, and looks at a token. */
const costs = ({ sim }: TestBroker): { readonly exchanges: number; readonly looks: number } => ({
  exchanges: sim.control.oracle().total.exchanges,
  looks: sim.control.requests().filter(({ path }) => path === '/services/data/v60.0/').length,
})

const everybody = async (broker: TestBroker, callers: readonly Enrolled[]): Promise<void> => {
  const answers = await Promise.all(callers.map((caller) => login(broker, caller)))
  for (const answer of answers) assert.ok(answer['access_token'], JSON.stringify(answer))
}

test('300 clients that log in every second cause no exchange while the token lives, and one when it dies', async (t) => {
  const broker = await startBroker(t, { clockStands: true })
  const callers: Enrolled[] = []
  // Ten copies of each program.
  for (let one = 0; one < 30; one++) {
    const caller = await broker.enrol(`legacy-${one}`, { realTokens: one % 2 === 0 })
    callers.push(...Array.from({ length: 10 }, () => caller))
  }
  assert.equal(callers.length, 300)
  for (let second = 0; second < 6; second++) {
    await everybody(broker, callers)
    broker.later(SECOND)
  }
  assert.equal(costs(broker).exchanges, 0)
  // One look in five seconds, for 1,800 logins.
  assert.equal(costs(broker).looks, 2)
  broker.expire()
  for (let second = 0; second < 6; second++) {
    await everybody(broker, callers)
    broker.later(SECOND)
  }
  assert.equal(costs(broker).exchanges, 1)
  assert.equal(broker.counts().reuses, 0)
  const { access_token: real } = await login(broker, callers[0] ?? assert.fail())
  assert.equal((await query(broker.ready.instanceUrl, real)).status, 200)
})

test('a 401 that no exchange cures costs at most one exchange, however often everybody logs in', async (t) => {
  const broker = await startBroker(t)
  const caller = await broker.enrol('legacy')
  broker.sim.control.changeApp({ app: 'Web', settings: { uncurable: 'not-valid-for-rest' } })
  for (let second = 0; second < 20; second++) {
    const { access_token: session } = await login(broker, caller)
    const answer = await query(broker.url, session)
    assert.equal(answer.status, 401)
    assert.match(await answer.text(), /not valid for use/)
    broker.later(SECOND)
  }
  assert.ok(costs(broker).exchanges <= 1, `${costs(broker).exchanges} exchanges`)
})

test('an org that does not answer the look delays nobody for long and costs no exchange', async (t) => {
  const broker = await startBroker(t, { options: { probeLimit: 50 } })
  const caller = await broker.enrol('legacy')
  for (const endpoint of ['data', 'userinfo'] as const)
    broker.sim.control.addFault({ match: { endpoint }, action: { holdBefore: true }, count: 100 })
  const { access_token: session } = await login(broker, caller)
  assert.match(session ?? '', /!KT/)
  broker.sim.control.release()
  broker.sim.control.removeFaults()
  assert.equal(costs(broker).exchanges, 0)
})

test('many calls at the moment of expiry cost one exchange, and every one of them is answered', async (t) => {
  const broker = await startBroker(t)
  const { access_token: session } = await login(broker, await broker.enrol('busy'))
  for (let day = 0; day < 3; day++) {
    broker.expire()
    const answers = await Promise.all(Array.from({ length: 40 }, () => query(broker.url, session)))
    assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]))
  }
  assert.deepEqual([broker.counts().exchanges, broker.counts().reuses], [3, 0])
})

test('one caller’s logout under load costs no other caller a call', async (t) => {
  const broker = await startBroker(t)
  const [quiet, busy] = [await broker.enrol('quiet'), await broker.enrol('busy')]
  const { access_token: session } = await login(broker, busy)
  const calls = Array.from({ length: 60 }, () => query(broker.url, session))
  const logouts = Array.from({ length: 20 }, async () => {
    const { access_token: token = '' } = await login(broker, quiet)
    return (await post(`${broker.url}/services/oauth2/revoke`, { token })).status
  })
  // Logins at the same time share a session: who ends it second hears that it was ended.
  const statuses = await Promise.all(logouts)
  assert.ok(statuses.includes(200) && statuses.every((status) => status === 200 || status === 400), `${statuses}`)
  assert.deepEqual(new Set((await Promise.all(calls)).map(({ status }) => status)), new Set([200]))
  assert.equal(broker.counts().exchanges, 0)
})
