/** docs/cli.md and docs/errors.md are what the tables say, and every command explains itself. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { documents } from '../../../tools/cli-docs.ts'
import { commandTable } from '../src/command-table.ts'
import { makeFolder } from './cli.ts'

test('the documents are up to date (node tools/cli-docs.ts writes them)', async () => {
  for (const { file, text } of await documents()) assert.equal(readFileSync(file, 'utf8'), text, file)
})

test('every command has a summary, a description, two examples, and a word for each argument and flag', async () => {
  for (const { id, command } of await commandTable()) {
    assert(command.summary, id)
    assert(command.description, id)
    assert((command.examples?.length ?? 0) >= 2, id)
    for (const [name, { description }] of Object.entries({ ...command.args, ...command.flags }))
      assert(description, `${id} ${name}`)
  }
})

test('a flag that takes a value says what kind of value, the same word everywhere', async () => {
  for (const { id, command } of await commandTable()) {
    for (const [name, flag] of Object.entries(command.flags ?? {})) {
      if (flag.type === 'option') assert.match(flag.helpValue?.toString() ?? '', /^[[A-Z]/, `${id} --${name}`)
    }
  }
})

test('a command says in its help how it is called, and not with thirty flags in a row', async (t) => {
  const folder = makeFolder(t)
  const { stdout } = await folder.run(['connect', '--help'])
  assert.match(stdout, /^ {2}\$ keyturn connect NAME \[FLAGS\]$/m)
})
