/** `keyturn audit` as people and builds run it: over the wire against an org, and offline on a snapshot. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { checklistLines } from '../../../src/posture/audit/profiles.ts'
import { known } from '../../../src/posture/fact.ts'
import { sampleApp } from '../../../src/posture/controls/sample-facts.ts'
import { makeFolder } from '../../cli.ts'
import type { Folder } from '../../cli.ts'
import { connectJwt, setUp } from '../../connected.ts'
import { day, snapshot, takenAt } from './sample-audit.ts'

test('an org is audited over the wire: what can’t be read is unknown, and the ledger knows of the audit', async (t) => {
  const setup = await setUp(t)
  const { folder } = setup
  await connectJwt(setup)
  const { code, value } = await folder.json(['audit', 'acme', '--save', 's.json', '--fail-on', 'never'])
  assert.equal(code, 0)
  assert.equal(value.format, 'keyturn-audit/1')
  assert(value.calls.total > 0)
  assert(value.results.length > 40)
  const again = await folder.json(['audit', '--snapshot', 's.json', '--fail-on', 'never'])
  assert.deepEqual(again.value.results, value.results)
  const ledger = await folder.run(['ledger', 'export'])
  const entry = ledger.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
    .find(({ kind }) => kind === 'audited')
  assert.equal(entry.data.failed, value.counts.fail)
  assert.equal(entry.data.org, value.org.id)
  const saved = readFileSync(join(folder.path, 's.json'))
  assert.equal(entry.data.snapshot, createHash('sha256').update(saved).digest('hex'), 'as sha256sum says of the file')
  assert.equal(statSync(join(folder.path, 's.json')).mode & 0o777, 0o600)
  const told = await folder.run(['audit', 'acme', '--fail-on', 'never'])
  assert.match(told.stderr, /\d+ calls?, at most \d+ at once/)
  assert.match(told.stdout, /Score/)
  const found = await folder.run(['audit', 'acme', '--fail-on', 'info'])
  assert.equal(found.code, 1)
  assert.match(found.stdout, /^→ .*`keyturn fix acme`$/m)
  const before = await folder.json(['audit', 'acme', '--preflight'])
  assert([0, 1].includes(before.code ?? -1))
  const lacks = new Map<string, readonly string[]>(
    before.value.preflight.lacks.map((one: { permission: string; controls: string[] }) => [
      one.permission,
      one.controls,
    ]),
  )
  assert(lacks.size > 0, 'the integration user is no auditor')
  for (const { control, open } of value.results) {
    for (const { facts } of open)
      if (facts.missing !== undefined)
        assert(
          lacks.get(facts.missing)?.includes(control),
          `preflight had not said that ${control} lacks ${facts.missing}`,
        )
  }
})

/** Facts by hand: one app without PKCE, and nothing else collected. */
const save = (
  folder: Folder,
  file: string,
  at: number,
  ...apps: readonly Parameters<typeof sampleApp>[0][]
): string => {
  const facts = { settings: {}, apps: known(apps.map((one) => sampleApp(one))) }
  writeFileSync(
    join(folder.path, file),
    JSON.stringify({ format: 'keyturn-snapshot/1', ...snapshot, takenAt: at, families: ['apps'], facts }),
  )
  return file
}

const pkce = ['--only', 'app-pkce-required'] as const
const bad = { name: 'Erp', pkceRequired: known(false) }

test('exit codes: findings, none of that severity, inconclusive, usage', async (t) => {
  const folder = makeFolder(t)
  const wrong = save(folder, 'wrong.json', takenAt, bad)
  const right = save(folder, 'right.json', takenAt, { name: 'Erp' })
  const code = async (...args: readonly string[]): Promise<number | null> =>
    (await folder.run(['audit', '--snapshot', ...args])).code
  assert.equal(await code(wrong, ...pkce), 1)
  assert.equal(await code(wrong, ...pkce, '--fail-on', 'never'), 0)
  assert.equal(await code(right, ...pkce), 0)
  assert.equal(await code(right, '--only', 'mfa-required-for-org', '--profile', 'strict'), 0)
  assert.equal(await code(right, '--only', 'mfa-required-for-org', '--profile', 'strict', '--fail-on-unknown'), 9)
  assert.equal(await code(right, '--only', 'mfa-required-for-orgs'), 2)
  assert.equal(await code(right, '--format', 'csv', '--format', 'json'), 2)
  assert.equal(await code('nothing.json'), 2)
  assert.equal((await folder.run(['audit'])).code, 2)
  assert.equal((await folder.run(['audit', 'acme', '--snapshot', right])).code, 2)
})

test('a snapshot that was edited is refused, or judged unknown, and never a stack trace', async (t) => {
  const folder = makeFolder(t)
  const good = JSON.parse(readFileSync(join(folder.path, save(folder, 's.json', takenAt, bad)), 'utf8'))
  for (const edited of [
    { ...good, takenAt: 1e300 },
    { ...good, org: { id: '00D' } },
    { ...good, calls: {} },
    { ...good, facts: { settings: {}, apps: { is: 'known', value: [null, 7, { name: 7 }] } } },
    { ...good, facts: { settings: {}, apps: { is: 'unknown', why: 'cap', text: 'x' } } },
  ]) {
    writeFileSync(join(folder.path, 'e.json'), JSON.stringify(edited))
    const { code, stdout, stderr } = await folder.run(['audit', '--snapshot', 'e.json', ...pkce])
    assert([0, 2].includes(code ?? -1), `${code} ${stderr}`)
    assert.doesNotMatch(stdout + stderr, / at .*\.(ts|js):\d+/)
    if (code === 0) assert.match(stdout, /1 not judged/)
  }
})

test('several formats go into files with their endings, for their owner alone', async (t) => {
  const folder = makeFolder(t)
  const file = save(folder, 's.json', takenAt, bad)
  const formats = ['html', 'sarif', 'ocsf', 'junit', 'csv', 'markdown', 'json', 'table'] as const
  const ran = await folder.run([
    'audit',
    '--snapshot',
    file,
    ...pkce,
    ...formats.flatMap((one) => ['--format', one]),
    '-o',
    'r',
  ])
  assert.equal(ran.code, 1, ran.stderr)
  for (const ending of ['html', 'sarif', 'ocsf.json', 'junit.xml', 'csv', 'md', 'json', 'txt']) {
    const path = join(folder.path, `r.${ending}`)
    assert.match(readFileSync(path, 'utf8'), /Erp/, ending)
    assert.equal(statSync(path).mode & 0o777, 0o600)
  }
  assert.equal((await folder.run(['audit', '--snapshot', file, '-o', 'none/r.txt'])).code, 2)
})

test('the profile integration is the nine lines of the checklist, and what nothing can tell is unknown', async (t) => {
  const folder = makeFolder(t)
  const file = save(folder, 's.json', takenAt, bad)
  const { value } = await folder.json(['audit', '--snapshot', file, '--profile', 'integration'])
  assert.deepEqual(
    value.results.map(({ title }: { title: string }) => title),
    checklistLines.map(({ id, title }) => `${id}. ${title}`),
  )
  assert.equal(value.results[0].verdict, 'fail')
  const repository = value.results.filter(({ title }: { title: string }) => /code|Git/.test(title))
  for (const one of repository) assert.equal(one.verdict, 'unknown')
  const { stdout } = await folder.run(['audit', '--snapshot', file, '--profile', 'integration'])
  assert.equal(stdout.match(/^\d\. .* (FAIL|unknown|n\/a|pass|waived) /gm)?.length, 9)
})

const waiver = (changes: object = {}): object => ({
  control: 'app-pkce-required',
  subject: 'eca:Erp',
  reason: 'the vendor moves in March',
  owner: 'sales-ops@acme.example',
  expires: '2999-12-31',
  ...changes,
})

test('waivers of keyturn.yaml and of a file cover findings; expired and unused ones are findings themselves', async (t) => {
  const folder = makeFolder(t)
  const file = save(folder, 's.json', takenAt, bad, { ...bad, name: 'Crm' })
  const audit = async (waivers: readonly object[], more: readonly string[] = []) => {
    writeFileSync(join(folder.path, 'keyturn.yaml'), JSON.stringify({ version: 1, waivers }))
    return (await folder.json(['audit', '--snapshot', file, ...pkce, ...more])).value
  }
  const of = (value: { results: { control: string; verdict: string }[] }, control: string) =>
    value.results.find((one) => one.control === control)?.verdict
  assert.equal(of(await audit([waiver()]), 'app-pkce-required'), 'fail')
  const all = await audit([waiver({ subject: 'eca:*' })])
  assert.equal(of(all, 'app-pkce-required'), 'waived')
  assert.equal(all.outcome.exit, 0)
  assert.equal(all.score.value, 0, 'an accepted risk is a risk')
  const expired = await audit([waiver({ subject: 'eca:*', expires: '2026-01-01' })])
  assert.equal(of(expired, 'app-pkce-required'), 'fail')
  assert.equal(of(expired, 'waiver-expired'), 'fail')
  assert.equal(of(await audit([waiver({ subject: 'eca:Nobody' })]), 'waiver-unused'), 'fail')
  assert.equal(of(await audit([waiver({ control: 'app-pkce-requird' })]), 'waiver-unused'), 'fail')
  writeFileSync(join(folder.path, 'w.yaml'), `waivers:\n  - ${JSON.stringify(waiver({ subject: 'eca:Crm' }))}\n`)
  assert.equal(of(await audit([waiver()], ['--waivers', 'w.yaml']), 'app-pkce-required'), 'waived')
  writeFileSync(join(folder.path, 'w.yaml'), `- control: x\n`)
  const refused = await folder.run(['audit', '--snapshot', file, '--waivers', 'w.yaml'])
  assert.equal(refused.code, 3)
  assert.match(refused.stderr, /waivers\.0\.reason/)
})

test('compared with earlier snapshots: new, mended, and what went out of sight', async (t) => {
  const folder = makeFolder(t)
  const old = save(folder, 'old.json', takenAt - 30 * day, bad, { ...bad, name: 'Crm' }, { ...bad, name: 'Bi' })
  const hidden = { is: 'unknown', why: 'permission', text: 'no', missing: 'View Setup' } as const
  const now = save(
    folder,
    'now.json',
    takenAt,
    { name: 'Erp' },
    { ...bad, name: 'New' },
    { name: 'Crm', pkceRequired: hidden },
  )
  const { value } = await folder.json(['audit', '--snapshot', now, '--compare', old, ...pkce])
  const subjects = (list: readonly { subject: string }[]) => list.map(({ subject }) => subject)
  assert.deepEqual(subjects(value.trend.fresh), ['eca:New'])
  assert.deepEqual(subjects(value.trend.outOfSight), ['eca:Crm'])
  assert.deepEqual(subjects(value.trend.mended), ['eca:Erp', 'eca:Bi'])
  assert.deepEqual(
    value.changes.told.map((one: { what: string; subject: string; field: string | null; before: string | null }) => [
      one.what,
      one.subject.split(':')[2],
      one.field,
      one.before,
    ]),
    [
      ['changed', 'Erp', 'pkceRequired', 'false'],
      ['no-longer-known', 'Crm', 'pkceRequired', 'false'],
      ['removed', 'Bi', null, null],
      ['added', 'New', null, null],
    ],
  )
  const shown = await folder.run(['audit', '--snapshot', now, '--compare', old, ...pkce])
  assert.match(shown.stdout, /What is otherwise in the org since .*: 4 \(apps 4\)/)
  assert.match(shown.stdout, /changed app:external:Erp.* pkceRequired: false → true/)
  assert.equal((await folder.run(['audit', '--snapshot', old, '--compare', now])).code, 2)
  const other = JSON.parse(readFileSync(join(folder.path, old), 'utf8'))
  writeFileSync(join(folder.path, 'other.json'), JSON.stringify({ ...other, org: { ...other.org, id: '00DX' } }))
  const refused = await folder.run(['audit', '--snapshot', now, '--compare', 'other.json'])
  assert.equal(refused.code, 2)
  assert.match(refused.stderr, /another org/)
})
