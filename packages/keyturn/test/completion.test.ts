/** Completion scripts: they parse in their shells and know every command. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { commandIds, commandTable } from '../src/command-table.ts'
import { completionScript } from '../src/completion/script.ts'

const has = (shell: string): boolean => spawnSync(shell, ['--version']).status === 0

for (const shell of ['bash', 'zsh', 'fish'] as const) {
  test(`${shell}: every command is in the script, and the shell takes it`, async (t) => {
    const script = completionScript(shell, await commandTable())
    for (const id of commandIds()) for (const word of id.split(':')) assert(script.includes(word), id)
    if (!has(shell)) return t.diagnostic(`LOUD: ${shell} is not installed here; its syntax was not checked`)
    const checked = spawnSync(shell, ['-n'], { input: script, encoding: 'utf8' })
    assert.equal(checked.status, 0, checked.stderr)
  })
}

test('bash offers commands, subcommands and flags', { skip: !has('bash') && 'bash is not installed' }, async () => {
  const script = completionScript('bash', await commandTable())
  const offers = (words: readonly string[]): readonly string[] => {
    const list = words.map((word) => `'${word}'`).join(' ')
    const ask = `keyturn() { echo acme; }\nCOMP_WORDS=(keyturn ${list}); COMP_CWORD=${words.length}; _keyturn; echo "\${COMPREPLY[@]}"`
    const { stdout } = spawnSync('bash', ['-c', `${script}\n${ask}`], { encoding: 'utf8' })
    return stdout.trim().split(' ')
  }
  assert.deepEqual(offers(['gr']), ['grants'])
  assert.deepEqual(offers(['ledger', '']), ['export', 'show', 'verify'])
  assert(offers(['token', '']).includes('acme'))
  assert.deepEqual(offers(['token', 'acme', '--rej']), ['--rejected'])
})
