/** A first run that is taken back: Keyturn never had the old value, and destinations that keep former ones go back. */
import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Json } from '@keyturn/tokens'
import { Secret } from '@keyturn/tokens'
import type { Destination } from '../../src/destinations/destination.ts'
import { distribute } from '../../src/rotation/steps/distribute.ts'
import type { StepContext } from '../../src/rotation/rotator.ts'
import { openOne, valueOf } from './place.ts'
import { temporaryFolder } from './places.ts'
import { vaultServer } from './vault-server.ts'

const undoOf = ({ undo }: ReturnType<typeof distribute>) => {
  assert(typeof undo === 'function')
  return undo
}

test('what Vault held before stands there again, and what somebody wrote since is left', async (t) => {
  const folder = temporaryFolder(t)
  const { url } = await vaultServer(t)
  const vault = openOne({ kind: 'vault', path: 'app', address: url, token: 'env:T' }, folder, { T: 'hvs.root' })
  writeFileSync(join(folder, '.env'), 'SF_PASSWORD=old\n')
  const places: Readonly<Record<string, Destination>> = {
    vault,
    file: openOne({ kind: 'env-file', file: '.env' }, folder),
  }
  const old = valueOf({ password: 'old' })
  const said: string[] = []
  let data: Readonly<Record<string, Json>> = {}
  const context = {
    ...{ name: 'erp', from: null, to: { n: 1, fields: ['password'] }, common: { destinations: ['vault', 'file'] } },
    get data() {
      return data
    },
    secret: async () => new Secret('new'),
    keep: async (kept: { readonly data?: Readonly<Record<string, Json>> }) => void (data = { ...data, ...kept.data }),
    ports: { destination: (name: string) => places[name] },
    tell: (line: string) => void said.push(line),
  } as unknown as StepContext
  const step = distribute()
  const undo = undoOf(step)

  await vault.write(old)
  assert.equal((await step.run(context)).is, 'done')
  assert.equal(await vault.readBack(old), 'different')
  const back = await undo(context)
  assert.deepEqual(back, {
    is: 'done',
    note: '1 destination went back to the former value; there is none for file',
    facts: { vault: 'its former value' },
  })
  assert.equal(await vault.readBack(old), 'same')
  assert.deepEqual(await undo(context), back, 'killed before it was written down: the same again')
  assert.equal(readFileSync(join(folder, '.env'), 'utf8'), 'SF_PASSWORD=new\n')

  await step.run(context)
  await vault.write(valueOf({ password: 'theirs' }))
  assert.deepEqual(await undo(context), { is: 'done', note: 'there is no old value to put back' })
  assert.equal(await vault.readBack(valueOf({ password: 'theirs' })), 'same')
  assert(said.some((line) => /somebody wrote it/.test(line)))
})
