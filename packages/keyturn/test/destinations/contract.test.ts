/** What every kind of destination promises, asked of every kind. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inspect } from 'node:util'
import { KeyturnError } from '@keyturn/tokens'
import { valueOf } from './place.ts'
import { kindsWithoutPlace, places } from './places.ts'

const hostile: Readonly<Record<string, string>> = {
  'a newline': 'first\nsecond\n',
  quotes: `it's "quoted"`,
  'every quote': `'"\`$x`,
  'dollar and backslash': 'a$HOME${X}$(id)\\n\\x',
  'a backslash at the end': 'a\\',
  'doubled backslashes': 'a\\\\b',
  'hash and blanks': ' #not a comment # ',
  unicode: 'pä§§wörd\u{1f511}\u2028\u0085',
  'control characters': '\u0001\u007f\t',
  'carriage return': 'a\r\nb',
  'looks like something else': 'null',
  'a number': '007',
  'yaml of its own': '*alias\n- &x !!binary {a: b}: |',
  '64 kB': 'x'.repeat(65_536),
}

test('every kind has a place in this suite', () => assert.deepEqual(kindsWithoutPlace(), []))

/** What others do to a place; a kind that lacks it says so in `places.ts`, and the first test holds it to that. */
const taken = <T>(from: T | null): T => from ?? assert.fail('this place has none')

for (const { kind, readable, lacks = [], make } of places) {
  test(`${kind}: lacks what it says it lacks, and nothing else`, async (t) => {
    const place = await make(t)
    assert.deepEqual(
      (['interfere', 'cut', 'deny'] as const).filter((name) => place[name] === null),
      lacks,
    )
  })

  test(`${kind}: a value is written, is the same when read back, and is written once only`, async (t) => {
    const { destination, look, beside } = await make(t)
    assert.equal(destination.kind, kind)
    const before = beside()
    const value = valueOf({ username: 'robot@acme.example', password: 'new-Pass-1' })
    assert.deepEqual(await destination.preflight(), [])
    assert.equal(await destination.readBack(value), readable ? 'different' : 'not-readable')
    assert.notEqual(await look('password'), 'new-Pass-1')
    const written = await destination.write(value)
    assert.equal(written.changed, true)
    assert(!inspect(written, { depth: 9 }).includes('new-Pass-1'))
    assert.equal(await look('password'), 'new-Pass-1')
    assert.equal(await look('username'), 'robot@acme.example')
    assert.equal(await destination.readBack(value), readable ? 'same' : 'not-readable')
    assert.equal((await destination.write(value)).changed, !readable)
    assert.deepEqual(beside(), before)
    assert.equal(
      await destination.readBack(valueOf({ password: 'other' }, 'v2')),
      readable ? 'different' : 'not-readable',
    )
  })

  test(`${kind}: hostile values arrive as they are, or are refused before anything is written`, async (t) => {
    for (const [what, password] of Object.entries(hostile)) {
      const { destination, look, beside, refuses = [] } = await make(t)
      const [before, old] = [beside(), await look('password')]
      const value = valueOf({ password })
      if (refuses.includes(what)) {
        await assert.rejects(
          destination.write(value),
          (error: unknown) =>
            error instanceof KeyturnError &&
            error.code === 'DESTINATION_NOT_READY' &&
            !inspect(error, { depth: 9 }).includes(password),
          what,
        )
        assert.equal(await look('password'), old, what)
        continue
      }
      await destination.write(value)
      assert.equal(await look('password'), password, what)
      assert.equal(await destination.readBack(value), readable ? 'same' : 'not-readable', what)
      // And away again: what the value looked like must not have spoilt the place.
      await destination.write(valueOf({ password: 'plain' }, 'v2'))
      assert.equal(await look('password'), 'plain', what)
      assert.deepEqual(beside(), before, what)
    }
  })

  if (!lacks.includes('interfere'))
    test(`${kind}: what somebody else wrote meanwhile is not overwritten`, async (t) => {
      const { destination, look, interfere } = await make(t)
      taken(interfere)()
      await assert.rejects(destination.write(valueOf({ password: 'ours' })), { code: 'DESTINATION_CHANGED' })
      assert.equal(await look('password'), 'theirs')
      // Looking again, it goes.
      assert.equal((await destination.write(valueOf({ password: 'ours' }))).changed, true)
      assert.equal(await look('password'), 'ours')
    })

  test(`${kind}: the older value comes back by writing it, and by rollBack where the kind has it`, async (t) => {
    const { destination, look, beside } = await make(t)
    const before = beside()
    await destination.write(valueOf({ password: 'one' }, 'v1'))
    const { previous } = await destination.write(valueOf({ password: 'two' }, 'v2'))
    if (destination.rollBack !== undefined) {
      assert(previous !== undefined && !previous.includes('one') && !previous.includes('two'))
      await destination.rollBack(previous)
      assert.equal(await look('password'), 'one')
      assert.deepEqual(beside(), before)
      assert.equal((await destination.rollBack(previous)).changed, false, 'once more changes nothing')
      const again = await destination.write(valueOf({ password: 'two' }, 'v2'))
      await destination.write(valueOf({ password: 'three' }, 'v3'))
      await assert.rejects(destination.rollBack(again.previous ?? ''), { code: 'DESTINATION_CHANGED' })
      assert.equal(await look('password'), 'three')
    }
    await destination.write(valueOf({ password: 'one' }, 'v1'))
    assert.equal(await look('password'), 'one')
  })

  if (!lacks.includes('cut'))
    test(`${kind}: when it can't be reached, every verb says so`, async (t) => {
      const { destination, cut } = await make(t)
      await taken(cut)()
      const [problem] = await destination.preflight()
      assert.equal(problem?.code, 'DESTINATION_UNREACHABLE')
      await assert.rejects(destination.write(valueOf({ password: 'x' })), { code: 'DESTINATION_UNREACHABLE' })
      if (readable)
        await assert.rejects(destination.readBack(valueOf({ password: 'x' })), { code: 'DESTINATION_UNREACHABLE' })
    })

  if (!lacks.includes('deny'))
    test(`${kind}: without the right to write nothing changes, and the error names the way out`, async (t) => {
      const { destination, look, deny: found } = await make(t)
      const deny = taken(found)
      deny.now()
      const old = await look('password')
      const problems = await destination.preflight()
      assert.deepEqual(
        problems.map(({ code }) => code),
        deny.told ? ['DESTINATION_REFUSED'] : [],
      )
      await assert.rejects(destination.write(valueOf({ password: 'x' })), { code: 'DESTINATION_REFUSED', fix: /./ })
      assert.equal(await look('password'), old)
    })
}
