/** The checks of absences and of the lock file find what they are there for. */
import assert from 'node:assert/strict'
import test from 'node:test'
import { absences } from '../../tools/absences.ts'
import { withoutComments } from '../../tools/check-absences.ts'
import { checkLockFile } from '../../tools/check-lock-file.ts'

const found = (file: string, line: string): readonly string[] =>
  absences
    .filter(({ files, except }) => files.test(file) && !except.some((path) => file.startsWith(path)))
    .filter(({ pattern, comments }) => pattern.test(comments === true ? line : withoutComments(line)))
    .map(({ what }) => what)

const planted: readonly (readonly [file: string, line: string])[] = [
  ['packages/tokens/src/spend/a.ts', 'const now = Date.now()'],
  ['packages/keyturn/src/org/a.ts', 'const now = new Date()'],
  ['packages/simulator/src/a.ts', 'if (Math.random() < 0.5) fail()'],
  ['packages/tokens/src/a.ts', 'setTimeout(f, 5)'],
  ['packages/tokens/src/a.ts', "console.log('x')"],
  ['packages/tokens/src/protocol/a.ts', 'const text = token.reveal()'],
  ['packages/tokens/src/a.ts', "throw new Error('x')"],
  ['packages/tokens/src/a.ts', "const proxy = process.env['HTTPS_PROXY']"],
  ['docs/a.md', `run /${'work'}/main/tools/x`],
  ['docs/a.md', `see /${'tmp'}/brief`],
  ['package-lock.json', '      "resolved": "https://registry.example/x.tgz",'],
  ['test/a.test.ts', `test.${'only'}('x', () => {})`],
  ['test/a.test.ts', `await new Promise((wake) => ${'setTimeout'}(wake, 1500))`],
  ['tools/a.ts', `// ${'TO' + 'DO'} later`],
  ['tools/a.ts', `// @ts-${'ignore'}`],
]

for (const [file, line] of planted) {
  test(`in ${file} this is found: ${line.trim()}`, () => assert.equal(found(file, line).length, 1))
}

test('comments, other folders and the listed files may say it', () => {
  assert.deepEqual(found('packages/tokens/src/a.ts', '// Date.now is not for here'), [])
  assert.deepEqual(found('packages/tokens/src/clock.ts', 'wall: () => Date.now(),'), [])
  assert.deepEqual(found('tools/a.ts', 'const started = Date.now()'), [])
  assert.deepEqual(found('docs/a.md', 'import from ./work/a.ts, see https://example.com/home/x'), [])
})

test('a lock file without the entry of another platform, or without a hash, is refused', () => {
  const lock = {
    packages: {
      '': { dependencies: { a: '1.0.0' } },
      'node_modules/a': { integrity: 'sha512-x', optionalDependencies: { 'a-mac': '1.0.0', b: '1.0.0' } },
      'node_modules/b': {},
    },
  }
  assert.deepEqual(checkLockFile(JSON.stringify(lock)), [
    'package-lock.json has no entry for a-mac, which node_modules/a names',
    'package-lock.json has no hash for node_modules/b',
  ])
})
