/** The lexer against a real parser: the same strings and comments, over the sources of this project. */
import assert from 'node:assert/strict'
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { parseSync } from 'oxc-parser'
import { lexes } from '../../../src/posture/scan/languages.ts'
import { tokensOf } from '../../../src/posture/scan/lexer.ts'

const root = join(import.meta.dirname, '../../../..')

const sources = ['keyturn/src', 'tokens/src', 'simulator/src', 'keyturn/test'].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => join(root, folder, path)),
)

test('strings are where the parser finds them, and nothing within a comment is taken for code', () => {
  let compared = 0
  const wrong: string[] = []
  for (const path of sources) {
    const text = readFileSync(path, 'utf8')
    const { program, comments } = parseSync(path, text)
    const expected = new Set<number>()
    const walk: unknown[] = [program]
    for (let node = walk.pop(); node !== undefined; node = walk.pop()) {
      if (typeof node !== 'object' || node === null) continue
      const { type, value, start } = node as { type?: string; value?: unknown; start?: number }
      if (type === 'Literal' && typeof value === 'string' && start !== undefined) expected.add(start)
      walk.push(...Object.values(node))
    }
    const tokens = tokensOf(text, lexes.javascript)
    const strings = new Set(
      tokens.filter(({ is, at }) => is === 'string' && text[at] !== '`' && text[at] !== '}').map(({ at }) => at),
    )
    const missing = [...expected].find((at) => !strings.has(at))
    const extra = [...strings].find((at) => !expected.has(at))
    const inComment = comments.find(({ start, end }) => tokens.some(({ at }) => at >= start && at < end))
    if (missing !== undefined || extra !== undefined || inComment !== undefined)
      wrong.push(`${path}: ${String(missing ?? extra ?? inComment?.start)}`)
    compared += expected.size
  }
  assert.ok(compared > 10_000, `${compared} strings`)
  assert.deepEqual(wrong, [])
})

test('a line is counted through strings, comments and templates of several lines', () => {
  const text = '/*\n\n*/ a `\n${b}\n` c // d\n"e" f'
  assert.deepEqual(
    tokensOf(text, lexes.javascript)
      .filter(({ is }) => is === 'name')
      .map(({ text: name, line }) => `${name}${line}`),
    ['a3', 'b4', 'c5', 'f6'],
  )
})
