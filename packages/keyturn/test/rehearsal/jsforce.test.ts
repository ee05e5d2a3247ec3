/** jsforce as its documentation shows it, which loses its access at the second refresh, and what is printed of that. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import type { SimEvent } from '../../src/rehearsal/simulated-org.ts'
import { makeFolder } from '../cli.ts'
import { allPass, client, rehearseSample, secretShape, whysOf } from './rehearsing.ts'

test('jsforce as documented reads, stores and shares nothing, and its proof is in the log', async (t) => {
  const found = await rehearseSample(t, 'jsforce')
  assert.deepEqual(
    found.verdicts,
    {
      ...allPass,
      'reads-new-token': 'fail',
      'stores-before-use': 'fail',
      'one-exchange-across-processes': 'fail',
      'survives-restart': 'fail',
      'survives-lost-answer': 'fail',
      'no-storm': 'fail',
    },
    whysOf(found),
  )
  assert.equal(found.ran.code, 1)
  const printed = JSON.parse(found.ran.stdout) as object
  assert.deepEqual(Object.keys(printed), ['ok', 'profile', 'behaviours'])
  const [reading] = found.findings
  assert.deepEqual(Object.keys(reading ?? {}), ['id', 'title', 'verdict', 'modes'])
  assert.deepEqual(Object.keys(reading?.modes[0] ?? {}), ['mode', 'verdict', 'why', 'proof'])
  const proof = reading?.modes[0]?.proof ?? []
  assert.deepEqual(
    proof.slice(0, 2).map(({ sent, spent, outcome, brought }) => ({ sent, spent, outcome, brought })),
    [
      { sent: 'R0', spent: false, outcome: 'issued', brought: 'R1' },
      { sent: 'R0', spent: true, outcome: 'rotated-token', brought: null },
    ],
  )
  const events = found.log.map((line) => JSON.parse(line) as SimEvent)
  for (const { request } of proof)
    assert(events.some((event) => event.request === request && event.kind === 'arrived' && event.endpoint === 'token'))
})

test('the report fits 80 columns, and JUnit names each behaviour once a mode', async (t) => {
  const folder = makeFolder(t)
  const flags = ['--behaviour', 'reads-new-token', '--behaviour', 'one-exchange-in-process', '--junit', 'r.xml']
  const ran = await folder.run(['rehearse', ...flags, '--', process.execPath, client('jsforce')])
  assert.equal(ran.code, 1, ran.stderr)
  assert.match(ran.stdout, /^✗ reads the new token +fail +fail$/m)
  assert.match(ran.stdout, /^✓ one exchange in a process +pass +pass$/m)
  assert.match(ran.stdout, /^ +#\d+ +sends R0 \(spent\) +400 +rotated-token$/m)
  assert.match(ran.stdout, /1 passed, 1 failed, 0 inconclusive/)
  for (const line of ran.stdout.split('\n')) assert(line.length <= 80, line)
  const xml = readFileSync(`${folder.path}/r.xml`, 'utf8')
  assert.equal(xml.match(/<testcase /g)?.length, 4)
  assert.equal(xml.match(/<failure type="fail"/g)?.length, 2)
  assert.doesNotMatch(ran.stdout + ran.stderr + xml, secretShape)
})

test('as a program that stays, it goes on asking after invalid_grant', async (t) => {
  const flags = ['--long-lived', '--mode', 'documented', '--behaviour', 'stops-at-invalid-grant']
  const found = await rehearseSample(t, 'jsforce', { flags, env: { LOOP: '1' } })
  assert.deepEqual(found.verdicts, { 'stops-at-invalid-grant': 'fail' }, whysOf(found))
})
