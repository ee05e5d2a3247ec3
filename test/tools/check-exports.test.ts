/** What nobody imports is found; what is public, taken whole, re-exported or loaded by path is not. */
import assert from 'node:assert/strict'
import test from 'node:test'
import { checkExports } from '../../tools/check-exports.ts'

const at = 'packages/keyturn/src'
const check = (files: Readonly<Record<string, string>>, publicFile = ''): readonly string[] =>
  checkExports(new Map(Object.entries(files)), new Set([publicFile]))

test('an export that only its own file uses is named, a type too', () => {
  assert.deepEqual(check({ [`${at}/a.ts`]: 'export const one = 1\nexport interface Two { readonly x: 2 }' }), [
    `${at}/a.ts exports one, which no other file imports`,
    `${at}/a.ts exports Two, which no other file imports`,
  ])
})

test('an import of another name from the file does not count', () => {
  const files = {
    [`${at}/a.ts`]: 'export const one = 1\nexport const two = 2',
    'test/b.ts': `import { two as one } from '../${at}/a.ts'`,
  }
  assert.deepEqual(check(files), [`${at}/a.ts exports one, which no other file imports`])
})

for (const [how, text] of [
  ['imported', "import { one } from './a.ts'"],
  ['imported as a type', "import type { one } from './a.ts'"],
  ['re-exported', "export { one as two } from './a.ts'"],
  ['taken with all others', "import * as all from './a.ts'"],
  ['imported on demand', "const { one } = await import('./a.ts')"],
] as const)
  test(`an export that is ${how} is in use`, () => {
    const problems = check({ [`${at}/a.ts`]: 'export const one = 1', [`${at}/b.ts`]: text }, `${at}/b.ts`)
    assert.deepEqual(problems, [])
  })

test('a package’s entry, a command, a control loaded by its path and a test’s helper need no importer', () => {
  assert.deepEqual(check({ [`${at}/index.ts`]: 'export const one = 1' }, `${at}/index.ts`), [])
  assert.deepEqual(check({ [`${at}/commands/a.ts`]: 'export default class A {}' }), [])
  assert.deepEqual(check({ [`${at}/posture/controls/x/control.ts`]: 'export const control = 1' }), [])
  assert.deepEqual(check({ 'packages/keyturn/test/a.ts': 'export const one = 1' }), [])
})
