/**
 * A collection of a large org: how many calls, how many at once, how much memory. Small in every run; with KEYTURN_LONG
 * the whole size, against a simulator in a process of its own that takes 20 ms a call.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { scale } from '@keyturn/simulator'
import type { LargeAsk, LargeAudit } from './large-audit.ts'
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

/** V8 takes what a machine has; told to be small, it shows what is needed. */
const small = ['--max-old-space-size=160', '--max-semi-space-size=4']

void test(
  'of 10,000 users, 500 apps, 60,000 tokens, 3,000 permission sets and 500,000 logins everything is read within 300 MB, the tokens with at most 160 calls',
  { skip: long ? false : 'takes minutes: KEYTURN_LONG=1 runs it', timeout: 600_000 },
  async (t) => {
    const org = fork(new URL('large-org.ts', import.meta.url), { execArgv: [] })
    t.after(() => org.disconnect())
    const [grant] = (await once(org, 'message')) as [LargeAsk['grant']]
    const auditor = fork(new URL('large-audit.ts', import.meta.url), { execArgv: small })
    auditor.send({ grant, families: everything } satisfies LargeAsk)
    const [found] = (await Promise.race([
      once(auditor, 'message'),
      once(auditor, 'exit').then(([code]) => assert.fail(`the auditor ended with ${String(code)}`)),
    ])) as [LargeAudit]
    const { calls, aboutTokens, tokens, logins, unknown, megabytes } = found
    t.diagnostic(
      `${calls.total} calls, ${calls.mostAtOnce} at once, ${Math.round(calls.ms / 1000)} s, at most ${megabytes} MB; ` +
        `${aboutTokens} calls about tokens and MFA methods; ${logins.rows} logins in ${logins.sums} sums (${logins.addresses})`,
    )
    assert.deepEqual(tokens, [60_001, 60_001, true])
    assert.equal(logins.rows, 500_000)
    assert.deepEqual(unknown.toSorted(), ['keyturn', 'repository'])
    assert(calls.mostAtOnce <= 10)
    assert(megabytes < 300, `${megabytes} MB`)
    assert(aboutTokens <= 160, `${aboutTokens} calls`)
  },
)
