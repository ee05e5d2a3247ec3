/**
 * A collection of a large org: how many calls, how many at once, how much memory. Small in every run; with KEYTURN_LONG
 * the whole size, against a simulator in a process of its own that takes 20 ms a call.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fork } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { scale } from '@keyturn/simulator'
import { openKeyturn, systemClock } from '@keyturn/tokens'
import { orgConnection } from '../../../src/org/connection.ts'
import { collect } from '../../../src/posture/collect.ts'
import { auditedOrg, everything, valueOf } from './audited-org.ts'

const user = 'admin@scale.example'

void test('of a middling org everything is read, tokens with few calls', async (t) => {
  const size = { users: 1500, apps: 60, tokens: 8000, permissionSets: 300, loginRows: 9000, auditRows: 2500 }
  const { collect, asked } = await auditedOrg(t, { spec: scale(size), user })
  const { facts, calls } = await collect(everything, { days: 180 })
  const { counted, read, complete } = valueOf(facts.tokens)
  assert.deepEqual([counted, read, complete], [8001, 8001, true])
  assert(valueOf(facts.users).length >= 1501)
  assert.equal(valueOf(facts.logins).rows, 9000)
  assert(valueOf(facts.auditTrail).length >= 2500)
  assert(calls.mostAtOnce <= 10)
  const aboutTokens = asked.filter((path) => /OauthToken|0r8|oauth.usage/.test(path)).length
  assert(aboutTokens <= 40, `${aboutTokens} calls about tokens`)
  // Whoever has a method registered is neither missing nor everybody.
  const withMethods = valueOf(facts.users).filter(({ mfaMethods }) => valueOf(mfaMethods).length > 0).length
  assert(withMethods > 100 && withMethods < 1500)
})

const long = process.env['KEYTURN_LONG'] !== undefined

void test(
  'of 10,000 users, 500 apps, 60,000 tokens, 3,000 permission sets and 500,000 logins everything is read within 300 MB, the tokens with at most 160 calls',
  { skip: long ? false : 'takes minutes: KEYTURN_LONG=1 runs it', timeout: 600_000 },
  async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'keyturn-large-'))
    const child = fork(new URL('large-org.ts', import.meta.url), { execArgv: [], stdio: 'inherit' })
    t.after(() => {
      child.disconnect()
      rmSync(folder, { recursive: true, force: true })
    })
    const [{ url, ...client }] = (await once(child, 'message')) as [
      Record<'url' | 'clientId' | 'clientSecret' | 'refreshToken', string>,
    ]
    const limits = { connect: 5_000, wait: 60_000, send: 5_000, read: 120_000, stale: 20 }
    const keyturn = await openKeyturn({
      store: `sqlite:${join(folder, 'keyturn.db')}`,
      masterKey: randomBytes(32),
      limits,
      env: {},
    })
    t.after(() => keyturn.close())
    await keyturn.grants.add({ name: 'auditor', loginUrl: url, ...client, flow: 'refresh_token' })
    const opened = orgConnection(keyturn, 'auditor')
    let aboutTokens = 0
    const org: typeof opened = {
      ...opened,
      send: (method, path, body) => {
        aboutTokens += Number(/OauthToken|0r8|oauth.usage/.test(path))
        return opened.send(method, path, body)
      },
    }
    const { facts, calls } = await collect({ org, clock: systemClock, families: everything, days: 180 })
    const megabytes = Math.round(process.resourceUsage().maxRSS / 1024)
    const { counted, read, complete } = valueOf(facts.tokens)
    const { rows, uses, addresses } = valueOf(facts.logins)
    t.diagnostic(
      `${calls.total} calls, ${calls.mostAtOnce} at once, ${Math.round(calls.ms / 1000)} s, at most ${megabytes} MB; ` +
        `${aboutTokens} calls about tokens and MFA methods; ${rows} logins in ${uses.length} sums (${addresses})`,
    )
    assert.deepEqual([counted, read, complete], [60_001, 60_001, true])
    assert.equal(rows, 500_000)
    assert(calls.mostAtOnce <= 10)
    assert(megabytes < 300, `${megabytes} MB`)
    // Pages of MFA methods go by the same kind of address.
    assert(aboutTokens <= 160 + 25, `${aboutTokens} calls`)
  },
)
