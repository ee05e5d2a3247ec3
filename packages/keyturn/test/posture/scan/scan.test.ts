/** The scan as a whole: its verdict, what it leaves out, and repositories that mean harm. */
import assert from 'node:assert/strict'
import { mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { scanRepository } from '../../../src/posture/scan/scan-repository.ts'
import { repository } from './repository.ts'

const broken = "import jsforce from 'jsforce'\nnew jsforce.Connection({ oauth2, refreshToken: 'r-secret' })\n"
const safe = "import jsforce from 'jsforce'\nnew jsforce.Connection({ instanceUrl, refreshFn })\n"
const jsforceJson = '{"dependencies":{"jsforce":"^3"}}'
const coreJson = (version: string): string => `{"dependencies":{"@salesforce/core":"${version}"}}`

const verdicts: readonly (readonly [string, Readonly<Record<string, string>>, string])[] = [
  ['a habit that breaks', { 'package.json': jsforceJson, 'a.ts': broken }, 'breaks'],
  ['a library that breaks', { 'package.json': coreJson('9.1.7') }, 'breaks'],
  ['a library that depends on its use', { 'package.json': jsforceJson }, 'depends'],
  ['its use is safe', { 'package.json': jsforceJson, 'a.ts': safe }, 'survives'],
  ['one use is safe and one is not', { 'package.json': jsforceJson, 'a.ts': safe, 'b.ts': broken }, 'breaks'],
  ['only a test is not', { 'package.json': jsforceJson, 'a.ts': safe, 'test/b.ts': broken }, 'depends'],
  ['a library that survives', { 'package.json': coreJson('9.4.0') }, 'survives'],
  ['nothing refreshes', { 'requirements.txt': 'simple-salesforce==1.12' }, 'unaffected'],
  ['a client nobody knows', { 'go.mod': 'require github.com/simpleforce/simpleforce v0.1.0\n' }, 'unknown'],
  ['nothing of Salesforce', { 'a.ts': 'export const a = 1' }, 'unknown'],
]

for (const [name, files, expected] of verdicts)
  test(`verdict: ${name}`, async (context) => {
    const { effect, why } = await scanRepository(repository(context, files))
    assert.equal(effect, expected, why)
    assert.ok(why.length > 10)
  })

test('a manifest that can’t be understood keeps a clean scan from saying that all survives', async (context) => {
  const root = repository(context, { 'package.json': coreJson('9.4.0'), 'sub/package-lock.json': '{"packages":' })
  const report = await scanRepository(root)
  assert.equal(report.problems.length, 1)
  assert.equal(report.effect, 'unknown')
  assert.match(report.why, /1 file or folder was not read/)
})

test('what was left out keeps a clean scan from saying that all survives', async (context) => {
  const root = repository(context, { 'package.json': jsforceJson, 'a.ts': safe, 'big.ts': ' '.repeat(5_000) })
  const report = await scanRepository(root, { limits: { sourceBytes: 4_000 } })
  assert.deepEqual([report.effect, report.skipped['too-large']], ['unknown', 1])
  const few = await scanRepository(root, { limits: { files: 2 } })
  assert.equal(few.skipped['too-many'], 1)
})

test('no value of the repository is ever in the report', async (context) => {
  const root = repository(context, {
    'a.ts': broken,
    '.github/a.yml':
      'SF_REFRESH_TOKEN: 5Aep861-secret\nrun: echo force://id:s-secret:5Aep@x | sf org login sfdx-url -f -',
    'b.py': "from simple_salesforce import Salesforce\nSalesforce(username='u-secret', password='p-secret')",
  })
  const report = await scanRepository(root)
  assert.equal(report.habits.length, 4)
  assert.doesNotMatch(JSON.stringify(report), /secret/)
})

test('links are not followed, dependencies not entered, odd encodings read, binaries left', async (context) => {
  const root = repository(context, {
    'node_modules/a/a.ts': broken,
    'vendor/a.ts': broken,
    'utf16.ts': Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(broken, 'utf16le')]),
    'utf16be.ts': Buffer.concat([Buffer.from([0xfe, 0xff]), Buffer.from(broken, 'utf16le').swap16()]),
    'binary.ts': Buffer.concat([Buffer.from(broken), Buffer.alloc(20)]),
    'latin1.ts': Buffer.from(`// caf\u00e9\n${broken}`, 'latin1'),
    'crlf.ts': broken.replaceAll('\n', '\r\n'),
  })
  mkdirSync(join(root, 'deep'))
  symlinkSync(root, join(root, 'deep', 'loop'))
  symlinkSync('/etc/passwd', join(root, 'link.ts'))
  const { habits, skipped } = await scanRepository(root)
  assert.deepEqual(
    habits.map(({ path, line }) => `${path}:${line}`),
    ['crlf.ts:2', 'latin1.ts:3', 'utf16.ts:2', 'utf16be.ts:2'],
  )
  assert.deepEqual(skipped, { link: 2, binary: 1, dependencies: 2 })
})

test('hostile sources and lock files cost little and break nothing', async (context) => {
  const much = 150_000
  const deep = (open: string): string => `// jsforce refresh_token\n${open.repeat(much)}`
  const root = repository(context, {
    ...Object.fromEntries(
      [
        'new Connection({',
        '(',
        '`${',
        '[/(',
        '"',
        "'",
        '/*',
        '{refresh_token',
        'process.env.',
        '"""',
        '\\',
        '<',
        'grant_type:',
        'x.on("refresh",',
        '𝒳',
      ].flatMap((open, index) => [
        [`${index}.ts`, deep(open)],
        [`${index}.py`, deep(open)],
        [`${index}.rb`, deep(open)],
      ]),
    ),
    'package-lock.json': `${'{"dependencies":{"jsforce":'.repeat(2_000)}{}${'}}'.repeat(2_000)}`,
    'a/package-lock.json':
      '{"packages":{"__proto__":{"version":"1"},"node_modules/jsforce":7,"node_modules/nforce":{"version":{}}}}',
    'b/package-lock.json': '[1]',
    'c/package-lock.json': '{"packages":',
    'd/package-lock.json': `${'['.repeat(much)}`,
    'yarn.lock': `"@${'a'.repeat(much)}\n  version "${'1'.repeat(much)}`,
    'requirements.txt': `simple-salesforce${'==1,'.repeat(much)}`,
    'pom.xml': '<dependency>'.repeat(much),
    'a.csproj': `<PackageReference ${'Include='.repeat(much)}`,
  })
  const started = performance.now()
  const { problems } = await scanRepository(root)
  assert.deepEqual(problems.map(({ path }) => path).sort(), [
    'b/package-lock.json',
    'c/package-lock.json',
    'd/package-lock.json',
  ])
  context.diagnostic(`${Math.round(performance.now() - started)} ms`)
})

test('a git repository is known by reading, at its commit; a folder that is not there is told', async (context) => {
  const commit = 'a'.repeat(40)
  const of = (files: Readonly<Record<string, string>>): Promise<string | null | undefined> =>
    scanRepository(repository(context, files)).then(({ git }) => git?.commit)
  assert.equal(await of({ 'a.ts': '' }), undefined)
  assert.equal(await of({ '.git/HEAD': `${commit}\n` }), commit)
  assert.equal(await of({ '.git/HEAD': 'ref: refs/heads/main\n', '.git/refs/heads/main': `${commit}\n` }), commit)
  assert.equal(
    await of({ '.git/HEAD': 'ref: refs/heads/main\n', '.git/packed-refs': `# pack\n${commit} refs/heads/main\n` }),
    commit,
  )
  assert.equal(await of({ '.git/HEAD': 'ref: refs/../../../../etc/passwd\n' }), null)
  assert.equal(await of({ '.git': 'gitdir: elsewhere' }), null)
  await assert.rejects(scanRepository('/nowhere/at/all'), { code: 'BAD_ARGUMENT' })
})

test('progress is told', async (context) => {
  const files = Object.fromEntries(Array.from({ length: 600 }, (_, index) => [`a${index}.ts`, 'x']))
  const told: string[] = []
  await scanRepository(repository(context, files), { tell: (text) => told.push(text) })
  assert.deepEqual(told, ['500 files looked at, 0 findings'])
})
