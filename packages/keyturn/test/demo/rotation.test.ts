/** What makes the rotation part of the demo fail: numbers planted one at a time, and orgs in which it can't go well. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { calendarOf } from '../../src/demo/rotation/calendar.ts'
import { rotationFaults } from '../../src/demo/rotation/rotations.ts'
import type { Rotations } from '../../src/demo/rotation/rotations.ts'
import { rotationLines } from '../../src/demo/rotation/tell.ts'
import { tokenByMail } from '../../src/demo/rotation/token-by-mail.ts'
import { problemsOf } from '../../src/demo/rotation/turn.ts'
import { turnedUnderLoad } from '../../src/demo/rotation/under-load.ts'
import { credentials, grants, openWorld } from '../../src/demo/rotation/world.ts'
import type { World } from '../../src/demo/rotation/world.ts'
import { reportEnd } from '../../src/demo/report.ts'
import { resultOf } from '../../src/demo/verdict.ts'
import type { Entry } from '../../src/demo/verdict.ts'
import { mended, turned } from './turned.ts'

const plain = (_colour: string, text: string): string => text

void test('a rotation that went well has no problems; each thing that did not is told', () => {
  const { problems: _none, ...well } = turned.token
  assert.deepEqual(problemsOf(well, []), [])
  for (const [planted, told] of [
    [{ state: 'halted', report: 'a reason' }, /ended as halted, not as retired: a reason/],
    [{ state: 'rolled-back' }, /ended as rolled-back/],
    [{ exposedMs: null }, /left open/],
    [{ asked: 0, served: 0 }, /nobody called/],
    [{ served: 8 }, /1 of 9 calls failed/],
    [{ proof: '' }, /nothing was proved/],
  ] as const) {
    const [problem = '', ...more] = problemsOf({ ...well, ...planted }, [])
    assert.match(problem, told)
    assert.deepEqual(more, [])
  }
  assert.deepEqual(problemsOf(well, ['GRANT_DEAD']), ['a caller was told GRANT_DEAD'])
})

void test('a problem of any rotation or of the calendar, or no rotation at all, makes the demo fail and is printed', () => {
  const problems = ['something is wrong']
  const faulty: readonly Rotations[] = [
    { ...turned, token: { ...turned.token, problems } },
    { ...turned, underLoad: turned.underLoad.map((turn) => ({ ...turn, problems })) },
    { ...turned, takenBack: { ...turned.takenBack, problems } },
    { ...turned, calendar: { ...turned.calendar, problems } },
  ]
  const numbers = { callsOk: 1, callsFailed: 0, exchanges: 1, reuses: 0, alive: true }
  const counters = { reusesWhileAlive: 0, grantsLostKeepable: 0, orderedReplays: 0, unknownOutcomes: 0 }
  const side = { ...numbers, counters, told: [], problems: [] } as unknown as Entry['with']
  const entries = [{ scenario: { name: 'A storm', keepable: true }, client: 'jsforce', with: side, without: side }]
  const expected = { entries: 1, legacy: 0 }
  assert.equal(resultOf(entries, [], { rotations: turned, posture: mended }, expected).ok, true)
  assert.equal(resultOf(entries, [], { rotations: null, posture: mended }, expected).ok, false)
  for (const rotations of faulty) {
    const parts = { rotations, posture: mended }
    const result = resultOf(entries, [], parts, expected)
    assert.equal(result.ok, false)
    assert.notDeepEqual(rotationFaults(rotations), [])
    assert.match(reportEnd(result, { entries, ...parts }, 1, 80, plain), /^- .*something is wrong$/m)
  }
})

void test('a credential without a due date, or one that the calendar has on another day, is a problem', () => {
  const row = turned.calendar.due[0]
  assert(row !== undefined)
  const event = (at: string): string =>
    `BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:due/etl-user@x.keyturn\r\nDTSTART:${at}\r\nEND:VEVENT\r\n`
  const right = calendarOf(['etl-user'], [row], event('20270213T085901Z'))
  assert.deepEqual([right.events, right.problems], [1, []])
  assert.equal(calendarOf(['etl-user'], [row], event('20270214T085901Z')).problems.length, 1)
  assert.equal(calendarOf(['etl-user', 'erp-app'], [row], event('20270213T085901Z')).problems.length, 1)
  assert.equal(calendarOf(['etl-user'], [{ ...row, due: null }], event('20270213T085901Z')).problems.length, 1)
})

void test('the story fits into 80 columns and says what came out', () => {
  const lines = rotationLines(9, turned, 80, plain)
  for (const line of lines) assert.ok(line.length <= 80, line)
  const text = lines.join('\n')
  assert.match(text, /✓ etl-user \(security token and password\): turned, proved/)
  assert.match(text, /9 of 9 calls, while the org refused 3 logins/)
  assert.match(text, /✓ billing-key \(certificate of JWT logins\): taken back/)
  assert.match(text, /wrote 1 events/)
  const bad = { ...turned, token: { ...turned.token, problems: ['x'] } }
  assert.match(rotationLines(9, bad, 80, plain).join('\n'), /✗ etl-user \(security token/)
})

const worldOf = async (t: TestContext): Promise<World> => {
  const folder = mkdtempSync(join(tmpdir(), 'keyturn-demo-rotation-'))
  const world = await openWorld(folder)
  t.after(async () => {
    await world.close()
    rmSync(folder, { recursive: true, force: true })
  })
  return world
}

void test('a call that the org answers with an error is a failed call of the demo', async (t) => {
  const world = await worldOf(t)
  world.sim.control.addFault({ match: { path: '/limits$' }, skip: 20, count: 3, action: { status: 500 } })
  const { state, asked, served, problems } = await turnedUnderLoad(world, credentials.pair, grants.pair)
  assert.equal(state, 'retired')
  assert.equal(asked - served, 3)
  assert.match(problems.join('\n'), /3 of \d+ calls failed\na caller was told/)
})

void test('a token that no login from outside the trusted ranges proved is not passed off as proved', async (t) => {
  const world = await worldOf(t)
  world.sim.control.changeOrg({ settings: { trustedAddresses: ['198.51.100.7'] } })
  const { state, problems } = await tokenByMail(world)
  assert.equal(state, 'retired')
  assert.deepEqual(problems, ['the token was not proved from an untrusted address'])
})

void test('a token whose mail never came is asked for, and the demo says that it failed', async (t) => {
  const world = await worldOf(t)
  world.sim.control.addMailFault({ fault: 'lost' })
  const { state, passwordsSet, mails, problems } = await tokenByMail(world)
  assert.deepEqual([state, passwordsSet, mails], ['waiting-for-person', 1, 0])
  assert.match(problems.join('\n'), /not as retired/)
})
