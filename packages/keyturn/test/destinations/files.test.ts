/** Files as destinations: what stays, what is refused, and that nobody ever sees half of one. */
import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import {
  chmodSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { parseEnv } from 'node:util'
import * as fc from 'fast-check'
import { encode, readVariable, setVariables } from '../../src/destinations/env-file/env-text.ts'
import { replaceFile } from '../../src/destinations/files/replace-file.ts'
import { setJson } from '../../src/destinations/json-file/json-text.ts'
import { setYaml } from '../../src/destinations/yaml-file/yaml-text.ts'
import { openOne, valueOf } from './place.ts'
import { temporaryFolder } from './places.ts'

const posix = process.platform !== 'win32'
const rules = { create: false, mode: 0o600 }
const one = (name: string, value: string): ReadonlyMap<string, string> => new Map([[name, value]])

test('a writer that is killed leaves the old file or the new one, and the next write sweeps up after it', async (t) => {
  const folder = temporaryFolder(t)
  const file = join(folder, '.env')
  writeFileSync(file, '# kept\nSF_PASSWORD=old\n', { mode: 0o640 })
  const program = fileURLToPath(new URL('writer.ts', import.meta.url))
  for (let round = 1; round <= 5; round++) {
    const child = spawn(process.execPath, [program, folder], { stdio: ['ignore', 'pipe', 'inherit'] })
    let said = ''
    await new Promise<void>((resolve) => {
      child.stdout.on('data', (text: Buffer) => {
        said += text.toString()
        if (said.split('\n').length > round) child.kill('SIGKILL')
      })
      child.once('close', () => resolve())
    })
    assert.equal(child.signalCode, 'SIGKILL')
    assert.match(readFileSync(file, 'utf8'), /^# kept\nSF_PASSWORD=(old|a{2000000}|b{2000000})\n$/)
    if (posix) assert.equal(statSync(file).mode & 0o777, 0o640)
  }
  writeFileSync(join(folder, `.${'.env'}.keyturn-999999999-0123456789ab`), 'SF_PASSWORD=half')
  await openOne({ kind: 'env-file', file: '.env' }, folder).write(valueOf({ password: 'end' }))
  assert.deepEqual(readdirSync(folder), ['.env'])
  assert.equal(readFileSync(file, 'utf8'), '# kept\nSF_PASSWORD=end\n')
})

test('a file that somebody else writes or removes in between is not overwritten', async (t) => {
  const folder = temporaryFolder(t)
  const file = join(folder, 'a')
  for (const act of [
    () => writeFileSync(file, 'theirs, longer'),
    () => execFileSync('sh', ['-c', 'printf theirs > b && mv b a'], { cwd: folder }),
  ]) {
    writeFileSync(file, 'old')
    await assert.rejects(
      replaceFile(file, rules, () => (act(), 'ours')),
      { code: 'DESTINATION_CHANGED' },
    )
    assert.match(readFileSync(file, 'utf8'), /^theirs/)
    assert.deepEqual(readdirSync(folder), ['a'])
  }
})

test('many credentials are written into one file at once, and none is lost', async (t) => {
  const folder = temporaryFolder(t)
  writeFileSync(join(folder, '.env'), '')
  const numbers = Array.from({ length: 20 }, (_, index) => index)
  await Promise.all(
    numbers.map((index) =>
      openOne(
        { kind: 'env-file', file: index % 2 === 0 ? '.env' : './../.env', fields: { [`V${index}`]: 'password' } },
        index % 2 === 0 ? folder : join(folder, 'x'),
      ).write(valueOf({ password: `value-${index}` })),
    ),
  )
  const found = parseEnv(readFileSync(join(folder, '.env'), 'utf8'))
  assert.deepEqual({ ...found }, Object.fromEntries(numbers.map((index) => [`V${index}`, `value-${index}`])))
})

test('hostile places are refused by the settings or stay harmless', async (t) => {
  const folder = temporaryFolder(t)
  const refused: readonly Readonly<Record<string, unknown>>[] = [
    { kind: 'env-file', file: 'a', fields: { 'A=1\nB': 'password' } },
    { kind: 'env-file', file: 'a', fields: { A: 'password; rm' } },
    { kind: 'env-file', file: 'a', mode: '7777' },
    { kind: 'json-file', file: 'a', fields: { password: 'password' } },
    { kind: 'json-file', file: 'a', fields: { '/a~2': 'password' } },
    { kind: 'vault', path: '../sys/seal' },
    { kind: 'vault', path: 'a?x=1' },
    { kind: 'vault', path: 'a', address: 'https://user:pass@vault' },
    { kind: 'kubernetes-secret', secret: 'a/../b' },
    { kind: 'github-actions-secret', repository: 'a/b/../c', token: 'env:T' },
    { kind: 'github-actions-secret', repository: 'a/b', token: 'ghp_abc' },
    { kind: 'github-actions-secret', repository: 'a/b', token: 'env:T', fields: { 'A B': 'password' } },
  ]
  for (const given of refused) assert.throws(() => openOne(given, folder), JSON.stringify(given))
  const pointer = '/__proto__/a"b\n~1~0\u{1f511}'
  assert.equal(setJson('{"x":1}', one('/__proto__/polluted', 'y')), '{"x":1,"__proto__": {"polluted": "y"}}')
  assert.equal(({} as Readonly<Record<string, unknown>>).polluted, undefined)
  const json = setJson('{"k":{}}', one(pointer.replace('__proto__', 'k'), 'y'))
  assert.deepEqual(JSON.parse(json), { k: { 'a"b\n/~\u{1f511}': 'y' } })
  const file = 'we ird\n$(id)\'".env'
  writeFileSync(join(folder, file), '')
  await openOne({ kind: 'env-file', file }, folder).write(valueOf({ password: 'p' }))
  assert.equal(readFileSync(join(folder, file), 'utf8'), 'SF_PASSWORD=p\n')
})

test('mode, link and owner stay; what can’t stay is refused', { skip: !posix && 'modes of POSIX' }, async (t) => {
  const folder = temporaryFolder(t)
  const real = join(folder, 'real.env')
  const link = join(folder, 'link.env')
  writeFileSync(real, 'SF_PASSWORD=old\n')
  chmodSync(real, 0o604)
  symlinkSync('real.env', link)
  const destination = openOne({ kind: 'env-file', file: 'link.env' }, folder)
  await destination.write(valueOf({ password: 'new' }))
  assert.equal(readFileSync(real, 'utf8'), 'SF_PASSWORD=new\n')
  assert.equal(readlinkSync(link), 'real.env')
  assert(lstatSync(link).isSymbolicLink())
  assert.equal(statSync(real).mode & 0o777, 0o604)
  linkSync(real, join(folder, 'second.env'))
  assert.match((await destination.preflight())[0]?.text ?? '', /hard links/)
  await assert.rejects(destination.write(valueOf({ password: 'newer' })), { code: 'DESTINATION_NOT_READY' })
  mkdirSync(join(folder, 'sub'))
  symlinkSync('nowhere', join(folder, 'dangling'))
  const bytes = join(folder, 'bytes')
  writeFileSync(bytes, Buffer.from([0xff, 0xfe, 0x41]))
  for (const file of ['sub', 'none', 'none/none', 'bytes']) {
    const [problem] = await openOne({ kind: 'env-file', file }, folder).preflight()
    assert.equal(problem?.code, 'DESTINATION_NOT_READY', file)
  }
  const made = openOne({ kind: 'env-file', file: 'made.env', create: true, mode: '0640' }, folder)
  assert.deepEqual(await made.preflight(), [])
  assert.equal(await made.readBack(valueOf({ password: 'x' })), 'different')
  await made.write(valueOf({ password: 'x', consumerKey: 'k', somethingOwn: 'y' }))
  assert.equal(readFileSync(join(folder, 'made.env'), 'utf8'), 'SF_PASSWORD=x\nSF_CONSUMER_KEY=k\nSF_SOMETHING_OWN=y\n')
  assert.equal(statSync(join(folder, 'made.env')).mode & 0o777, 0o640)
})

test(
  'a file of another owner, and a folder without the right to write, are refused before anything happens',
  { skip: process.geteuid?.() !== 0 && 'needs root to become somebody else' },
  async (t) => {
    const folder = temporaryFolder(t)
    chmodSync(folder, 0o755)
    writeFileSync(join(folder, 'a'), 'SF_PASSWORD=old\n', { mode: 0o644 })
    process.seteuid?.(65_534)
    try {
      await assert.rejects(
        replaceFile(join(folder, 'a'), rules, () => 'new'),
        { code: 'DESTINATION_REFUSED' },
      )
      await assert.rejects(
        replaceFile(join(folder, 'b'), { create: true, mode: 0o600 }, () => 'new'),
        {
          code: 'DESTINATION_REFUSED',
        },
      )
    } finally {
      process.seteuid?.(0)
    }
    assert.deepEqual(readdirSync(folder), ['a'])
  },
)

test('a single file that was mounted is refused before anything happens', async (t) => {
  const folder = temporaryFolder(t)
  const [real, mounted] = [join(folder, 'real.env'), join(folder, 'mounted here.env')]
  for (const file of [real, mounted]) writeFileSync(file, 'SF_PASSWORD=old\n')
  try {
    execFileSync('mount', ['--bind', real, mounted], { stdio: 'pipe' })
  } catch {
    return t.skip('nothing may be mounted here: a mounted file is NOT tested')
  }
  try {
    const [problem] = await openOne({ kind: 'env-file', file: mounted }, folder).preflight()
    assert.match(problem?.text ?? '', /is a mount of its own/)
  } finally {
    execFileSync('umount', [mounted])
  }
})

test('a .env file keeps its order, comments, blanks, quotes and line ends', () => {
  const text = [
    '\uFEFF# Salesforce',
    '  export  SALESFORCE_PASSWORD = "old" # a comment',
    "SF_PASSWORD='old'",
    '',
    'SF_TOKEN=a#b',
    'EMPTY=',
    'PEM="-----BEGIN',
    'SF_PASSWORD=not this',
    '-----END"',
    'SF_PASSWORD=again',
  ].join('\r\n')
  const values = new Map([
    ['SALESFORCE_PASSWORD', 'one two'],
    ['SF_PASSWORD', "it's"],
    ['EMPTY', 'full'],
    ['NEW', 'x'],
  ])
  const next = setVariables(text, values, 'dotenv')
  assert.equal(
    next,
    [
      '\uFEFF# Salesforce',
      '  export  SALESFORCE_PASSWORD = "one two" # a comment',
      `SF_PASSWORD="it's"`,
      '',
      'SF_TOKEN=a#b',
      'EMPTY=full',
      'PEM="-----BEGIN',
      'SF_PASSWORD=not this',
      '-----END"',
      `SF_PASSWORD="it's"`,
      'NEW=x',
      '',
    ].join('\r\n'),
  )
  assert.equal(setVariables(next, values, 'dotenv'), next)
})

test('a key that stands on one line with \\n stays on one, and one of many lines on many', () => {
  const [old, fresh] = ['b2xk', 'bmV3'].map((body) => `-----BEGIN X-----\n${body}\n-----END X-----\n`) as [
    string,
    string,
  ]
  const line = (pem: string): string => `A=1\r\nSF_PRIVATE_KEY="${pem.replaceAll('\n', '\\n')}" # key\r\nB=2\r\n`
  assert.equal(setVariables(line(old), one('SF_PRIVATE_KEY', fresh), 'dotenv'), line(fresh))
  assert.equal(parseEnv(line(fresh))['SF_PRIVATE_KEY'], fresh)
  const lines = (pem: string): string => `A=1\nSF_PRIVATE_KEY="${pem}"\nB=2\n`
  assert.equal(setVariables(lines(old), one('SF_PRIVATE_KEY', fresh), 'dotenv'), lines(fresh))
})

test('the usual names are all kept up to date where they stand, and SF_* is written where none does', async (t) => {
  const folder = temporaryFolder(t)
  const file = join(folder, '.env')
  writeFileSync(file, 'SALESFORCE_CLIENT_SECRET=a\nSF_CONSUMER_SECRET=b\nSALESFORCE_PASSWORD=c\n')
  const value = valueOf({ consumerSecret: 's', password: 'p', loginUrl: 'https://login.salesforce.com' })
  await openOne({ kind: 'env-file', file: '.env' }, folder).write(value)
  assert.deepEqual(
    { ...parseEnv(readFileSync(file, 'utf8')) },
    {
      SALESFORCE_CLIENT_SECRET: 's',
      SF_CONSUMER_SECRET: 's',
      SALESFORCE_PASSWORD: 'p',
      SF_LOGIN_URL: 'https://login.salesforce.com',
    },
  )
})

test('fields are joined and named as the settings say; one that is missing is named', async (t) => {
  const folder = temporaryFolder(t)
  writeFileSync(join(folder, '.env'), 'OTHER=1\n')
  const destination = openOne(
    { kind: 'env-file', file: '.env', fields: { SF_PASS: 'password+securityToken', SF_USER: 'username' } },
    folder,
  )
  await destination.write(valueOf({ password: 'pw', securityToken: 'TOKEN', username: 'me', extra: 'not there' }))
  assert.equal(readFileSync(join(folder, '.env'), 'utf8'), 'OTHER=1\nSF_PASS=pwTOKEN\nSF_USER=me\n')
  await assert.rejects(destination.write(valueOf({ password: 'pw' })), {
    code: 'DESTINATION_NOT_READY',
    message: 'This credential has no field securityToken',
    fix: /it has password/,
  })
})

const signs = Array.from('ab \'"`$\\#=\n\t{}!é&;|()')
const text = fc.array(fc.constantFrom(...signs), { maxLength: 12 }).map((each) => each.join(''))

test('whatever is written to a .env file, Node reads the same; what it would not is refused', () => {
  let written = 0
  fc.assert(
    fc.property(text, text, (before, value) => {
      const start = `A='x'\nV=${/^[\w]*$/.test(before) ? before : 'old'} # c\nZ=1\n`
      let next: string
      try {
        next = setVariables(start, one('V', value), 'dotenv')
      } catch {
        return
      }
      written++
      const read = parseEnv(next)
      assert.deepEqual({ ...read }, { A: 'x', V: value, Z: '1' })
      assert.equal(readVariable(next, 'V', 'dotenv'), value)
    }),
    { numRuns: 2_000, seed: 7 },
  )
  assert(written > 1_000, `${written} of 2000 could be written`)
})

test('whatever is written for a shell, sh reads the same', { skip: !posix && 'needs sh' }, () => {
  const values = fc.sample(text, { numRuns: 200, seed: 11 }).map((value) => value.replaceAll('\0', ''))
  const source = setVariables('V0="old $HOME"\n', new Map(values.map((value, index) => [`V${index}`, value])), 'shell')
  const print = values.map((_, index) => `printf '%s\\0' "$V${index}"`).join('\n')
  const read = execFileSync('sh', ['-s'], { input: `${source}\n${print}\n`, encoding: 'utf8' })
    .split('\0')
    .slice(0, -1)
  assert.deepEqual(read, values)
  for (const [index, value] of values.entries()) assert.equal(readVariable(source, `V${index}`, 'shell'), value)
})

test('for docker a value is the rest of the line, and one with a line break is refused', () => {
  assert.equal(setVariables('A= "x"\nB=1\n', one('A', `it's "q" #`), 'docker'), `A=it's "q" #\nB=1\n`)
  assert.equal(readVariable('A= "x"\n', 'A', 'docker'), ' "x"')
  assert.throws(() => encode('A', 'a\nb', 'docker'), { code: 'DESTINATION_NOT_READY' })
})

test('JSON: only the value changes, missing names are added as their neighbours stand', () => {
  const json = '{\r\n\t"a" : { "b":"old","c" : [1,{"d":"x"}] },\r\n\t"e~/f": null\r\n}'
  assert.equal(setJson(json, one('/a/b', 'n"\n')), json.replace('"old"', '"n\\"\\n"'))
  assert.equal(setJson(json, one('/a/c/1/d', 'y')), json.replace('"x"', '"y"'))
  assert.equal(setJson(json, one('/e~0~1f', 'y')), json.replace('null', '"y"'))
  assert.equal(setJson(json, one('/new', 'y')), json.replace('null', 'null,\r\n\t"new": "y"'))
  assert.equal(setJson('{}', one('/x/y', 'z')), '{"x": {"y": "z"}}')
  const refused = ['/a', '/a/c', '/a/c/7/x', '/a/b/c', '/e~0~1f/x']
  for (const pointer of refused)
    assert.throws(() => setJson(json, one(pointer, 'y')), { code: 'DESTINATION_NOT_READY' })
  for (const bad of ['', '[', '{"a":1,}', '// c\n{}', '"text"', '{"p":1,"p":2}'])
    assert.throws(() => setJson(bad, one('/p', 'y')), { code: 'DESTINATION_NOT_READY' }, bad)
})

test('YAML: comments, order and layout stay; styles stay where the value can stand so', () => {
  const yaml =
    '# top\nkeys:   # here\n    plain:   old   # p\n    single: \'old\'\n    double: "old"\n    block: |\n      old\n      lines\n    empty:\n    list: [ a,  b ]\nlast: 1\n'
  const set = (pointer: string, value: string): string => setYaml(yaml, one(pointer, value))
  assert.equal(set('/keys/plain', 'new'), yaml.replace('plain:   old', 'plain:   new'))
  assert.equal(set('/keys/plain', 'true'), yaml.replace('plain:   old', 'plain:   "true"'))
  assert.equal(set('/keys/plain', '#x: y'), yaml.replace('plain:   old', 'plain:   "#x: y"'))
  assert.equal(set('/keys/single', "it's"), yaml.replace("'old'", "'it''s'"))
  assert.equal(set('/keys/double', '\u0085'), yaml.replace('"old"', '"\\u0085"'))
  assert.equal(set('/keys/list/1', 'c'), yaml.replace('b ]', 'c ]'))
  assert.equal(set('/keys/block', 'x'), yaml.replace('|\n      old\n      lines\n', '"x"\n'))
  for (const pointer of ['/keys/empty', '/keys/added', '/new/deep']) {
    const next = set(pointer, 'v')
    for (const comment of ['# top', '# here', '# p']) assert(next.includes(comment), pointer)
  }
  const shared = 'a: &x old\nb: *x\nc: {}\n'
  for (const pointer of ['/a', '/b', '/c', '/b/d'])
    assert.throws(() => setYaml(shared, one(pointer, 'y')), { code: 'DESTINATION_NOT_READY' }, pointer)
  for (const bad of ['a: [', 'text', 'a: 1\n---\nb: 2\n', 'a: 1\na: 2\n'])
    assert.throws(() => setYaml(bad, one('/a', 'y')), { code: 'DESTINATION_NOT_READY' }, bad)
  assert.equal(setYaml('', one('/a/b', 'y')), 'a:\n  b: y\n')
})
