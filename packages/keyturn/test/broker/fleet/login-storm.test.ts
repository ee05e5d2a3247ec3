import assert from 'node:assert/strict'
import { test } from 'node:test'
import { whyNoPostgres } from '../../../../../test/postgres.ts'
import { runStorm } from './login-storm.ts'

const skip = whyNoPostgres()

test(
  '60 clients that log in every second at three replicas cost no exchange, and one when the token dies',
  { skip },
  async (t) => {
    const report = await runStorm({ seed: 'broker-storm', clients: 60, seconds: 2 })
    t.diagnostic(JSON.stringify(report))
    assert.deepEqual(report.problems, [])
    assert.deepEqual([report.exchangesBefore, report.exchangesAfter, report.reuses], [0, 1, 0])
  },
)
