/** A broken policy: everything that is wrong with it at once, each with its line; and a good one is what editors know. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { checkConfig } from '../../../src/config/check.ts'
import { configText } from '../../../src/config/read.ts'
import { configJsonSchema } from '../../../src/config/schema.ts'
import { presetNames } from '../../../src/rotation/schedule/presets.ts'

const now = Date.UTC(2026, 10, 22)

const problems = (text: string): readonly string[] =>
  checkConfig(text, now).problems.map(({ line, path, message }) => `${line} ${path}: ${message}`)

/** `schedule:` is in line 6. */
const credential = (schedule: string): string =>
  `version: 1\ncredentials:\n  erp:\n    kind: caller-secret\n    caller: etl\n    schedule: ${schedule}\n`

test('a broken policy file is told whole', () => {
  const text = `version: 1
destinations:
  app: { kind: env-file, file: app.env }
notify:
  channels: {}
  owners: { ops: { mail: ops@x.example } }
credentials:
  one:
    kind: caller-secret
    caller: a
    owner: opps
    destinations: [ap]
    schedule: { every: 90d, after: [two], window: { days: [mun], to: '25:00' } }
  two:
    kind: security-token
    mailbox: inbox
    schedule:
      cron: '0 3 31 2 *'
      zone: Mars/Phobos
      escalateTo: nobody
      after: [one, three]
  three:
    kind: caller-secret
    caller: a
    schedule:
      every: 10d
      lead: 9d
      onOverdue: escalate
      jitters: 3h
  four:
    kind: caller-secret
    caller: a
    schedule:
      preset: sbs-acs-009
      onOverdue: block-caller
      window: [{ days: [mon] }]
      blackout: [{ days: [mon], why: no }]
      reviewBy: 2026-02-30
  five:
    kind: nonsense
    schedule: { evry: 90d, window: { days: [Mo] } }
`
  const found = problems(text)
  for (const [line, pattern] of [
    [11, /one\.owner: names opps, which is none of notify\.owners and no mail address; did you mean ops\?/],
    [12, /one\.destinations: names ap, which is none of destinations; did you mean app\?/],
    [13, /one\.schedule\.after: makes a circle in which nothing ever turns: one after two after one/],
    [13, /one\.schedule\.window\.days\.0: /],
    [13, /one\.schedule\.window\.to: must be a time/],
    [16, /two\.mailbox: names inbox, which is none of mailboxes/],
    [18, /two\.schedule\.cron: names a date that never comes/],
    [19, /two\.schedule\.zone: is no time zone/],
    [20, /two\.schedule\.escalateTo: names nobody/],
    [27, /three\.schedule\.lead: lead and jitter together take more than half/],
    [28, /three\.schedule\.onOverdue: escalate needs escalateTo/],
    [29, /three\.schedule\.jitters: is no setting/],
    [35, /four\.schedule\.onOverdue: block-caller needs `blocks`/],
    [36, /four\.schedule\.window: never lets a run begin within a year/],
    [38, /four\.schedule\.reviewBy: is no date of the calendar/],
    [40, /five\.kind: needs a kind/],
    [41, /five\.schedule\.evry: is no setting/],
    [41, /five\.schedule\.window\.days\.0: must be one of sun, mon/],
  ] as const)
    assert(
      found.some((one) => one.startsWith(`${line} `) && pattern.test(one)),
      `line ${line}, ${String(pattern)} is not among\n${found.join('\n')}`,
    )
})

for (const [schedule, pattern] of [
  ['{}', /needs one of every, cron or preset/],
  ['{ every: 90d, cron: "0 3 * * *" }', /cron: only one of/],
  ['{ cron: "0 3 * *" }', /cron: needs five fields/],
  ['{ cron: "0 3 * * 9" }', /cron: /],
  ['{ cron: "* 3 * * sun" }', /cron: turns more often than once an hour/],
  ['{ cron: "*/30 3 1 1 *" }', /cron: turns more often than once an hour/],
  ['{ every: 90 }', /every: is less than an hour; a number without a unit is milliseconds/],
  ['{ every: 59m }', /every: is less than an hour/],
  ['{ every: 90d, after: [erp] }', /after: names itself/],
  ['{ every: 90d, after: [none] }', /after: names none, which is none of credentials/],
  ['{ every: 90d, window: { from: "08:00", to: "08:00" } }', /window\.to: begins and ends at the same time/],
  ['{ every: 90d, window: [] }', /window/],
  ['{ every: 90d, blackout: [{ why: x }] }', /blackout\.0\.why: needs dates/],
  ['{ every: 90d, blackout: [{ from: 2026-12-24 }] }', /blackout\.0\.why: is missing: text/],
  ['{ every: 90d, blackout: [{ from: 2026-12-24, to: 01-06, why: x }] }', /blackout\.0\.to: must be written as/],
  ['{ every: 90d, blackout: [{ from: 2026-12-24, to: 2026-12-01, why: x }] }', /blackout\.0\.to: is before/],
  ['{ every: 90d, blackout: [{ from: 2026-01-01, to: 2029-01-01, why: x }] }', /blackout: never lets a run begin/],
  [
    '{ every: 90d, onOverdue: block-caller, blocks: [acme], window: { days: [sat] } }',
    /onOverdue: block-caller would refuse callers before a run may begin: .* no time for 6d, lead and grace together are 1d$/,
  ],
  [
    '{ every: 90d, lead: 7d, onOverdue: block-caller, blocks: [acme], blackout: [{ from: 12-20, to: 01-06, why: x }] }',
    /no time for 18d, lead and grace together are 8d$/,
  ],
  ['{ preset: sbs }', /preset: /],
  ['{ every: 90d, lead: soon }', /lead: is no duration/],
  ['7', /must be a group of settings/],
] as const)
  test(`refused with its line: ${schedule}`, () => {
    const found = problems(credential(schedule))
    assert(
      found.some((one) => one.startsWith('6 ') && pattern.test(one)),
      found.join('\n'),
    )
  })

for (const schedule of [
  '{ every: 1h }',
  '{ every: 90d, lead: 5d, onOverdue: block-caller, blocks: [acme], window: { days: [sat] } }',
  '{ every: 90d, onOverdue: block-caller, blocks: [acme], window: { from: "22:00", to: "04:00" } }',
  '{ cron: "0 * * * *" }',
  '{ cron: "0 0 29 2 *" }',
  '{ preset: salesforce-passwords, window: { days: [sat, sun], from: "22:00", to: "04:00", zone: Europe/Berlin } }',
  '{ cron: "30 2 1 */3 *", zone: America/New_York, jitter: 2h, blackout: [{ from: 12-20, to: 01-06, why: holidays }] }',
  '{ every: 30d, approval: true, remind: [7d, 1d], reviewBy: 2027-01-31, onOverdue: escalate, escalateTo: boss@x.example }',
  '{ every: 30d, blackout: [{ monthDays: [-2, -1, 1], hours: { from: "08:00", to: "20:00" }, why: closing }] }',
])
  test(`taken: ${schedule}`, () => assert.deepEqual(problems(credential(schedule)), []))

test('thousands of credentials are a file like another', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'keyturn-policy-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const path = join(folder, 'keyturn.yaml')
  // As large as 5,000 with schedules of their own, without the seconds that reading so many takes.
  writeFileSync(path, `${credential('{ every: 90d }')}${'# why this one turns when it does\n'.repeat(60_000)}`)
  assert.match(configText(path), /every: 90d/)
})

test('editors know every setting and every preset', () => {
  const text = JSON.stringify(configJsonSchema())
  for (const name of [
    'every',
    'cron',
    'window',
    'blackout',
    'onOverdue',
    'reviewBy',
    'after',
    'escalateTo',
    ...presetNames,
  ])
    assert(text.includes(`"${name}"`), name)
})
