/** Wrong input: each gives a code, a next step and the exit code of its kind, and never a stack trace. */
import assert from 'node:assert/strict'
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { exitCodes } from '@keyturn/tokens'
import type { ErrorCode } from '@keyturn/tokens'
import { makeFolder } from './cli.ts'
import type { RunOptions } from './cli.ts'

interface Case {
  readonly args: readonly string[]
  readonly code: ErrorCode
  readonly exit: number
  readonly says?: RegExp
  readonly options?: RunOptions
}

const { usage, config } = exitCodes

const cases: readonly Case[] = [
  { args: ['nonsense'], code: 'BAD_ARGUMENT', exit: usage, says: /keyturn --help/ },
  { args: ['tokne', 'x'], code: 'BAD_ARGUMENT', exit: usage, says: /Did you mean `keyturn token`/ },
  { args: ['tokne', '--help'], code: 'BAD_ARGUMENT', exit: usage, says: /Did you mean `keyturn token`/ },
  { args: ['help', 'tokne'], code: 'BAD_ARGUMENT', exit: usage, says: /Did you mean `keyturn token`/ },
  { args: ['ledger', 'verifi', '--help'], code: 'BAD_ARGUMENT', exit: usage, says: /keyturn ledger verify/ },
  { args: ['ledger', 'verifi'], code: 'BAD_ARGUMENT', exit: usage, says: /keyturn ledger verify/ },
  { args: ['token'], code: 'BAD_ARGUMENT', exit: usage, says: /Missing: NAME/ },
  { args: ['token', 'nobody'], code: 'GRANT_NOT_FOUND', exit: usage },
  { args: ['token', 'a', 'b'], code: 'BAD_ARGUMENT', exit: usage },
  { args: ['token', 'a', '--rejected', 'x'], code: 'BAD_ARGUMENT', exit: usage, says: /integer/ },
  { args: ['token', 'a', '--rejected', '-1'], code: 'BAD_ARGUMENT', exit: usage },
  { args: ['fix'], code: 'BAD_ARGUMENT', exit: usage, says: /Missing: NAME/ },
  { args: ['fix', 'a', 'b', '--all-safe'], code: 'BAD_ARGUMENT', exit: usage, says: /all controls/ },
  { args: ['fix', 'a', '--days', '30'], code: 'BAD_ARGUMENT', exit: usage, says: /180/ },
  { args: ['fix', 'a', '--dry-run', '--yes'], code: 'BAD_ARGUMENT', exit: usage },
  { args: ['fix', 'a', '--profile', 'nope'], code: 'BAD_ARGUMENT', exit: usage },
  { args: ['token', 'a', '--nope'], code: 'BAD_ARGUMENT', exit: usage, says: /no flag --nope/ },
  { args: ['audit', 'a', '--profile'], code: 'BAD_ARGUMENT', exit: usage, says: /--profile expects one of/ },
  {
    args: ['audit', 'a', '--output', 'x', '--output', 'y'],
    code: 'BAD_ARGUMENT',
    exit: usage,
    says: /only be specified once/,
  },
  { args: ['token', 'a', '--store', 'mysql://x'], code: 'STORE_UNSUPPORTED', exit: config },
  { args: ['token', 'a', '--store', 'sqlite:./missing.db'], code: 'STORE_MISSING', exit: config, says: /keyturn init/ },
  { args: ['token', 'a', '--store', 'postgres://u:pw@h/db'], code: 'BAD_ARGUMENT', exit: usage, says: /PGPASSWORD/ },
  { args: ['token', 'a', '--key', 'abcdef'], code: 'BAD_ARGUMENT', exit: usage, says: /command line/ },
  { args: ['token', 'a', '--key', 'file:./missing.key'], code: 'KEY_MISSING', exit: config },
  { args: ['token', 'a', '--key', 'env:NOT_SET'], code: 'KEY_MISSING', exit: config },
  { args: ['token', 'a', '--key', 'file:./open.key'], code: 'KEY_MISSING', exit: config, says: /chmod 600/ },
  { args: ['grants', '--key', 'file:./other.key'], code: 'KEY_WRONG', exit: config },
  { args: ['token', 'a', '--config', 'missing.yaml'], code: 'CONFIG_INVALID', exit: config },
  {
    args: ['token', 'a', '--config', 'bad.yaml'],
    code: 'CONFIG_INVALID',
    exit: config,
    says: /bad\.yaml:2:1 stoer is no setting; did you mean store\?/,
  },
  { args: ['token', 'a', '--config', 'broken.yaml'], code: 'CONFIG_INVALID', exit: config },
  { args: ['connect'], code: 'BAD_ARGUMENT', exit: usage },
  { args: ['connect', 'x'], code: 'BAD_ARGUMENT', exit: usage, says: /--client-id/ },
  { args: ['connect', 'x', '--jwt', '--client-id', 'k'], code: 'BAD_ARGUMENT', exit: usage, says: /--key-file/ },
  {
    args: ['connect', 'x', '--jwt', '--client-id', 'k', '--key-file', 'missing.pem'],
    code: 'BAD_ARGUMENT',
    exit: usage,
  },
  {
    args: ['connect', 'x', '--jwt', '--client-id', 'k', '--key-file', 'keyturn.yaml'],
    code: 'BAD_ARGUMENT',
    exit: usage,
    says: /PRIVATE KEY/,
  },
  { args: ['connect', 'x', '--jwt', '--client-credentials'], code: 'BAD_ARGUMENT', exit: usage },
  {
    args: ['connect', 'x', '--client-credentials', '--client-id', 'k'],
    code: 'BAD_ARGUMENT',
    exit: usage,
    says: /--client-secret-ref/,
  },
  {
    args: ['connect', 'x', '--client-secret', 'hush'],
    code: 'BAD_ARGUMENT',
    exit: usage,
    says: /never goes on the command line/,
  },
  {
    args: ['connect', 'x', '--client-id', 'k', '--client-secret-ref', 'hush'],
    code: 'BAD_ARGUMENT',
    exit: usage,
    says: /no reference/,
  },
  {
    args: ['connect', 'x', '--client-id', 'k', '--refresh-token-stdin'],
    code: 'BAD_ARGUMENT',
    exit: usage,
    says: /no refresh token/,
  },
  {
    args: ['connect', 'x', '--client-id', 'k', '--refresh-token-stdin'],
    code: 'BAD_ARGUMENT',
    exit: usage,
    options: { stdin: 'two words' },
  },
  {
    args: ['connect', 'x', '--client-id', 'k', '--refresh-token-stdin', '--login-url', 'https://evil.example'],
    code: 'LOGIN_URL_REFUSED',
    exit: usage,
    options: { stdin: 't' },
  },
  {
    args: ['connect', 'x', '--client-id', 'k', '--refresh-token-stdin', '--login-url', 'nonsense'],
    code: 'LOGIN_URL_REFUSED',
    exit: usage,
    options: { stdin: 't' },
  },
  {
    args: ['connect', 'bad name', '--client-id', 'k', '--refresh-token-stdin'],
    code: 'BAD_ARGUMENT',
    exit: usage,
    options: { stdin: 't' },
  },
  { args: ['connect', 'x', '--port', '70000'], code: 'BAD_ARGUMENT', exit: usage },
  { args: ['connect', 'x', '--host', 'example.com'], code: 'BAD_ARGUMENT', exit: usage },
  { args: ['connect', 'x', '--shared'], code: 'BAD_ARGUMENT', exit: usage },
  { args: ['connect', 'x', '--fallback-jwt'], code: 'BAD_ARGUMENT', exit: usage },
  { args: ['connect', 'x', '--fallback-name', 'y'], code: 'BAD_ARGUMENT', exit: usage, says: /no kind/ },
  { args: ['exec', 'a'], code: 'BAD_ARGUMENT', exit: usage, says: /two dashes/ },
  { args: ['exec', 'a', '--'], code: 'BAD_ARGUMENT', exit: usage },
  { args: ['exec', 'nobody', '--', 'true'], code: 'GRANT_NOT_FOUND', exit: usage },
  { args: ['grants', 'show', 'nobody'], code: 'GRANT_NOT_FOUND', exit: usage },
  { args: ['grants', 'remove', 'nobody', '--yes'], code: 'GRANT_NOT_FOUND', exit: usage },
  {
    args: ['fields', 'a', 'Account', '--require', 'Name:write'],
    code: 'BAD_ARGUMENT',
    exit: usage,
    says: /read, create or update/,
  },
  { args: ['fields', 'a'], code: 'BAD_ARGUMENT', exit: usage },
  { args: ['ledger', 'verify', '--file', 'missing.jsonl'], code: 'BAD_ARGUMENT', exit: usage },
  { args: ['ledger', 'verify', '--file', 'keyturn.yaml'], code: 'LEDGER_BROKEN', exit: exitCodes.integrity },
  { args: ['ledger', 'verify', '--contains', 'x'], code: 'BAD_ARGUMENT', exit: usage },
  { args: ['ledger', 'export', '--json'], code: 'BAD_ARGUMENT', exit: usage, says: /--output/ },
  { args: ['ledger', 'export', '--output', 'keyturn.yaml'], code: 'BAD_ARGUMENT', exit: usage, says: /overwritten/ },
  { args: ['store', 'move'], code: 'BAD_ARGUMENT', exit: usage, says: /--to|to/ },
  { args: ['store', 'move', '--to', 'env:NOT_SET'], code: 'REFERENCE_UNRESOLVED', exit: config },
  { args: ['store', 'restore', 'missing.db'], code: 'BAD_ARGUMENT', exit: usage },
  { args: ['store', 'restore', 'keyturn.yaml', '--store', 'sqlite:./fresh.db'], code: 'BAD_ARGUMENT', exit: usage },
  { args: ['store', 'rotate-key', '--to', 'hush'], code: 'BAD_ARGUMENT', exit: usage },
  { args: ['store', 'rotate-key', '--to', 'file:./keyturn.key'], code: 'BAD_ARGUMENT', exit: usage },
  { args: ['doctor', 'explain'], code: 'BAD_ARGUMENT', exit: usage },
  { args: ['completion', 'tcsh'], code: 'BAD_ARGUMENT', exit: usage },
  { args: ['sim', '--port', '0'], code: 'BAD_ARGUMENT', exit: usage },
  { args: ['config', 'check', '--config', 'missing.yaml'], code: 'CONFIG_INVALID', exit: config },
]

test('wrong input gives a code, a next step and the right exit code, without a stack trace', async (t) => {
  const folder = makeFolder(t)
  assert.equal((await folder.run(['init'])).code, 0)
  writeFileSync(join(folder.path, 'bad.yaml'), 'version: 1\nstoer: sqlite:./x.db\n')
  writeFileSync(join(folder.path, 'broken.yaml'), 'version: 1\n  store: [\n')
  writeFileSync(join(folder.path, 'open.key'), `${'ab'.repeat(32)}\n`, { mode: 0o600 })
  writeFileSync(join(folder.path, 'other.key'), `${'cd'.repeat(32)}\n`, { mode: 0o600 })
  chmodSync(join(folder.path, 'open.key'), 0o644)
  mkdirSync(join(folder.path, 'sub'))
  const started = cases.filter(({ says }) => process.platform !== 'win32' || !String(says).includes('chmod'))
  for (let at = 0; at < started.length; at += 4) {
    await Promise.all(
      started.slice(at, at + 4).map(async ({ args, code, exit, says, options }) => {
        const { code: ended, stdout, stderr } = await folder.run(args, options)
        const words = args.join(' ')
        const output = args.includes('--json') ? stdout : stderr
        assert.match(output, new RegExp(`\\b${code}\\b`), `${words}:\n${stdout}${stderr}`)
        assert.equal(ended, exit, `${words}:\n${stdout}${stderr}`)
        assert.match(output, args.includes('--json') ? /"fix": "./ : /^→ ./m, words)
        assert.doesNotMatch(stdout + stderr, /^\s+at .+:\d+:\d+/m, words)
        assert.doesNotMatch(stdout + stderr, /hush/, `${words} repeats what may be a secret`)
        if (says !== undefined) assert.match(output, says, words)
      }),
    )
  }
})
