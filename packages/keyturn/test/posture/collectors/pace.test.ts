/** The pace of a collection: ten calls at once, a pause where the org says not now, an end before its daily limit. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { scale } from '@keyturn/simulator'
import { auditedOrg, everything, valueOf } from './audited-org.ts'

const small = () => scale({ users: 40, apps: 30, tokens: 60, loginRows: 200, auditRows: 50 })
const user = 'admin@scale.example'

void test('never more than ten calls at once, whatever is wished, and every call is counted', async (t) => {
  const { sim, collect } = await auditedOrg(t, { spec: small(), user })
  const before = sim.control.requests().length
  const { calls } = await collect(everything, { pace: { atOnce: 50 } })
  assert(calls.mostAtOnce <= 10 && calls.mostAtOnce > 3, `${calls.mostAtOnce} at once`)
  const made = sim.control.requests().slice(before)
  const ofData = made.filter(({ endpoint }) => ['data', 'metadata', 'userinfo'].includes(endpoint))
  // The list of API versions is asked by the connection itself, once.
  assert(Math.abs(ofData.length - calls.total) <= 2, `${ofData.length} requests, ${calls.total} counted`)
})

void test('REQUEST_LIMIT_EXCEEDED and 503 are waited out, and what was refused is asked again', async (t) => {
  const { sim, collect, told } = await auditedOrg(t, { spec: small(), user })
  const message = 'ConcurrentRequests (Concurrent API Requests) Limit exceeded.'
  const body = JSON.stringify([{ errorCode: 'REQUEST_LIMIT_EXCEEDED', message }])
  sim.control.addFault({ match: { path: '/query' }, every: 3, count: 6, action: { status: 403, body } })
  sim.control.addFault({ match: { path: '/query' }, every: 4, count: 4, action: { status: 503, html: true } })
  // One at a time: which call meets which refusal is then no matter of chance, and none meets five.
  const { facts } = await collect(['users', 'tokens', 'apps'], { pace: { atOnce: 1 } })
  assert.equal(valueOf(facts.users).length > 40, true)
  assert.equal(valueOf(facts.tokens).complete, true)
  assert(told.some((text) => text.includes('not now')))
})

void test('an org that stays unavailable makes facts unknown after some attempts', async (t) => {
  const { sim, collect } = await auditedOrg(t, { spec: small(), user })
  sim.control.addFault({ match: { path: '/query' }, skip: 1, count: 'forever', action: { status: 503, html: true } })
  const { facts } = await collect(['auditTrail', 'certificates'], { pace: { attempts: 2, atOnce: 1 } })
  for (const fact of [facts.auditTrail, facts.certificates]) assert(fact.is === 'unknown' && fact.why === 'refused')
})

void test('the collection stops before a share of the daily limit is used, by whomever, and says so', async (t) => {
  const spec = small()
  const { collect } = await auditedOrg(t, { spec: { ...spec, settings: { dailyApiRequests: 60 } }, user })
  const { facts, calls } = await collect(everything, { pace: { dailyShare: 0.5, atOnce: 2 } })
  assert(calls.total <= 34, `${calls.total} calls`)
  const stopped = everything.flatMap((family) => {
    const fact = family === 'settings' ? null : facts[family]
    return fact?.is === 'unknown' && fact.why === 'cap' ? [fact.text] : []
  })
  assert(stopped.some((text) => /of the org’s 60 daily API calls are used, more than 50 %/.test(text)))
})

void test('an org whose daily limit is reached is asked nothing more', async (t) => {
  const { sim, collect } = await auditedOrg(t, { spec: small(), user })
  sim.control.addFault({ match: { path: '/query' }, skip: 2, count: 1, action: { rateLimit: true } })
  const { facts, calls } = await collect(['auditTrail', 'certificates', 'logins'], { pace: { atOnce: 1 } })
  assert(calls.total < 10, `${calls.total} calls`)
  assert(facts.certificates.is === 'unknown' && facts.certificates.why === 'cap')
})

void test('a collection has a limit of its own', async (t) => {
  const { collect } = await auditedOrg(t, { spec: small(), user })
  const { calls } = await collect(everything, { pace: { calls: 12 } })
  assert.equal(calls.total, 12)
})
