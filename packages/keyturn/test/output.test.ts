/** What reaches a terminal: aligned, cut to its width, and nothing in it that a terminal obeys. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { paintFor } from '../src/output/colour.ts'
import { span } from '../src/output/moment.ts'
import { progressOn } from '../src/output/progress.ts'
import { table } from '../src/output/table.ts'
import { ownCommands } from '../src/output/own-commands.ts'
import { terminalText, textWidth, wrapText } from '../src/output/terminal-text.ts'

const esc = '\u001b'

test('escape sequences, control characters and direction overrides are shown, not obeyed', () => {
  const hostile = `${esc}[2J${esc}]0;title\u0007ok\u202Eevil\r\nnext\u009b31m`
  const shown = terminalText(hostile)
  for (const character of shown)
    assert((character.codePointAt(0) ?? 0) >= 0x20 && !/[\u007f-\u009f\u202a-\u202e]/.test(character))
  assert.match(shown, /ok\\u202eevil/)
})

test('a table is aligned for wide characters and never wider than the terminal', () => {
  const rows = [
    { name: '日本', what: 'x'.repeat(200) },
    { name: 'plain', what: 'short' },
    { name: `${esc}[31mred`, what: 'two\nlines' },
  ]
  const columns = [
    { title: 'NAME', of: (row: (typeof rows)[number]) => row.name },
    { title: 'WHAT', of: (row: (typeof rows)[number]) => row.what },
  ]
  const lines = table(rows, columns, 60).split('\n')
  assert.equal(lines.length, rows.length + 2)
  for (const line of lines) assert(textWidth(line) <= 60, line)
  assert(!table(rows, columns).includes(esc))
  const [, , first = ''] = lines
  const [, , , second = ''] = lines
  assert.equal(textWidth(first.slice(0, first.indexOf('xx'))), textWidth(second.slice(0, second.indexOf('short'))))
})

test('a narrow terminal loses the columns that can be spared before anything is cut', () => {
  const columns = [
    { title: 'NAME', of: () => 'acme' },
    { title: 'GENERATION', of: () => 7, spared: 2 },
    { title: 'FLOW', of: () => 'refresh_token', spared: 1 },
    { title: 'WHY', of: () => 'nothing' },
  ]
  const titles = (width?: number): string => table([{}], columns, width).split('\n')[0]?.replaceAll(/ +/g, ' ') ?? ''
  assert.equal(titles(), 'NAME GENERATION FLOW WHY')
  assert.equal(titles(40), 'NAME GENERATION FLOW WHY')
  assert.equal(titles(39), 'NAME FLOW WHY')
  assert.equal(titles(20), 'NAME WHY')
})

test('sentences break at blanks, never within a command or an address', () => {
  const text = 'Give the secret: `keyturn grants retry acme`, or ask somebody.'
  for (const line of wrapText(text, 30, '  ').split('\n')) assert(textWidth(line) <= 30, line)
  assert.match(wrapText(text, 30, '  '), /^ {2}`keyturn grants retry acme`,$/m)
  const address = `https://${'x'.repeat(90)}`
  assert.equal(wrapText(`see ${address} now`, 40), `see\n${address}\nnow`)
  assert.equal(wrapText(text, undefined), text)
  assert.equal(wrapText('  kept indent of a long line', 16), '  kept indent of\n  a long line')
})

test('commands in a text are those the reader can type', () => {
  assert.equal(
    ownCommands('Run `keyturn grants retry NAME`.', 'sf keyturn', 'acme'),
    'Run `sf keyturn grants retry acme`.',
  )
  assert.equal(ownCommands('Run `keyturn connect NAME`.', 'keyturn', 'a b'), 'Run `keyturn connect "a b"`.')
  assert.equal(ownCommands('A NAME, `env:NAME`, `keyturn sim`', 'keyturn', 'acme'), 'A NAME, `env:NAME`, `keyturn sim`')
})

test('colours only on a terminal and never with NO_COLOR', () => {
  assert.equal(paintFor({ isTTY: true }, {})('red', 'x'), `${esc}[31mx${esc}[39m`)
  assert.equal(paintFor({ isTTY: true }, { NO_COLOR: '1' })('red', 'x'), 'x')
  assert.equal(paintFor({ isTTY: true }, { TERM: 'dumb' })('red', 'x'), 'x')
  assert.equal(paintFor({}, {})('red', 'x'), 'x')
})

test('progress is rewritten on a terminal, lines elsewhere, and silent when asked', () => {
  const collect = (isTTY: boolean, quiet = false): string => {
    const parts: string[] = []
    const progress = progressOn({ isTTY, write: (text: string) => parts.push(text) }, quiet)
    progress.say('one')
    progress.done()
    return parts.join('')
  }
  assert.equal(collect(true), `\r${esc}[2Kone\r${esc}[2K`)
  assert.equal(collect(false), 'one\n')
  assert.equal(collect(false, true), '')
})

test('spans are said in the largest unit that fits', () => {
  assert.deepEqual([500, 3000, 120_000, 7_200_000, 200_000_000].map(span), ['500 ms', '3 s', '2 min', '2 h', '2 d'])
})
