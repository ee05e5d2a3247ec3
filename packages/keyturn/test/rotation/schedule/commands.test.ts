/** `keyturn schedule …` and the schedule beside the broker, as people run them: processes, a store, a real caller's secret. */
import assert from 'node:assert/strict'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { connectJwt, setUp } from '../../connected.ts'

const credential = (schedule: string): string => `
broker: { listen: [{ port: 0 }], log: info }
destinations:
  app: { kind: env-file, file: app.env, create: true }
credentials:
  etl:
    kind: caller-secret
    caller: etl
    destinations: [app]
    owner: ops@acme.example
    schedule: ${schedule}
`

test('a schedule from its first look to a turn by the broker', async (t) => {
  const setup = await setUp(t)
  const { folder } = setup
  await connectJwt(setup)
  const yaml = join(folder.path, 'keyturn.yaml')
  const plain = readFileSync(yaml, 'utf8')
  const configure = (schedule: string): void => writeFileSync(yaml, `${plain}${credential(schedule)}`)

  const none = await folder.json(['schedule'])
  assert.deepEqual([none.code, none.value.schedule], [0, []])
  const added = await folder.run([
    ...['caller', 'add', 'etl', '--grant', 'acme', '--range', '127.0.0.1', '--expires', '365d', '--json'],
  ])
  assert.equal(added.code, 0, added.stderr)

  configure('{ preset: sbs-acs-009, approval: true, reviewBy: 2026-01-31 }')
  const first = await folder.json(['schedule', '--ics', 'all.ics'])
  assert.equal(first.code, 0, JSON.stringify(first.value))
  const [view] = first.value.schedule
  assert.deepEqual(
    [view.name, view.kind, view.policy, view.reviewIsDue],
    ['etl', 'caller-secret', 'preset sbs-acs-009', true],
  )
  assert.match(readFileSync(join(folder.path, 'all.ics'), 'utf8'), /SUMMARY:Rotation due: etl/)
  const shown = await folder.run(['schedule'])
  assert.match(shown.stdout, /etl/)
  assert.match(shown.stdout, /was to be reviewed by 2026-01-31/)
  const nowhere = await folder.run(['schedule', '--ics', 'no/such/folder.ics'])
  assert.deepEqual([nowhere.code, /can’t be written \(ENOENT\)/.test(nowhere.stderr)], [2, true])

  const adopted = await folder.run(['rotate', 'etl', '--wait', '1s', '--reason', 'first'])
  assert.match(adopted.stdout, /./, adopted.stderr)
  const fine = await folder.json(['schedule'])
  assert.deepEqual([fine.code, fine.value.schedule[0].state], [0, 'fine'], JSON.stringify(fine.value))
  const round = await folder.json(['schedule', 'run'])
  assert.deepEqual([round.code, round.value.scheduled, round.value.started], [0, 1, []])
  const running = await folder.run(['schedule', 'approve', 'etl'])
  assert.match(running.stderr, /ROTATION_RUNNING/)

  configure('{ every: 90d }')
  const needless = await folder.run(['schedule', 'approve', 'etl'])
  assert.equal(needless.code, 2)
  const presets = await folder.json(['schedule', 'presets'])
  assert(presets.value.presets.every((one: Readonly<Record<string, string>>) => one['source'] && one['why']))
})

const twoHoursAgo = '--import=data:text/javascript,const{now}=Date;Date.now=()=>now()-7200000'

test('the broker turns what is due, says so, and ends in order', { timeout: 90_000 }, async (t) => {
  const setup = await setUp(t)
  const { folder } = setup
  await connectJwt(setup)
  const yaml = join(folder.path, 'keyturn.yaml')
  writeFileSync(yaml, `${readFileSync(yaml, 'utf8')}${credential('{ every: 1h }')}`)
  await folder.run(['caller', 'add', 'etl', '--grant', 'acme', '--range', '127.0.0.1', '--expires', '365d', '--json'], {
    env: { NODE_OPTIONS: twoHoursAgo },
  })
  // The first turn is by hand: Keyturn had never had the caller's secret.
  await folder.run(['credentials', 'adopt', 'etl', '--field', 'secret=env:SECRET'], { env: { SECRET: 'x' } })
  const due = await folder.json(['schedule'])
  assert.equal(due.value.schedule[0].state, 'due', JSON.stringify(due.value))
  const serving = folder.start(['serve'])
  await serving.said(/listens on/)
  await serving.said(/"credential":"etl".*"msg":"a rotation began"/)
  const file = join(folder.path, 'app.env')
  for (let n = 0; !existsSync(file) && n < 1_000; n++) await new Promise((done) => setTimeout(done, 50))
  assert(existsSync(file), 'the new secret was written to where it is read')
  serving.child.kill('SIGTERM')
  const { code, stderr } = await serving.ended
  assert.equal(code, 0, stderr)
  const verified = await folder.run(['ledger', 'verify'])
  assert.equal(verified.code, 0, verified.stderr)
})
