/** What an entry about a change of an org commits to can be shown, and what was put in its place is told apart. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openKeyturn } from '@keyturn/tokens'
import { changeRecordKind } from '../src/change/kept-change.ts'
import { operatorName } from '../src/operator-name.ts'
import { operatorKind } from '../src/signed-records.ts'
import { connectJwt, setUp } from './connected.ts'

interface Shown {
  readonly seq: number
  readonly name: string
  readonly text: string
  readonly asCommitted: boolean
}

test('ledger show --texts has the diff and the reason of a change, and says when they are not those that were meant', async (t) => {
  const setup = await setUp(t)
  const { folder } = setup
  await connectJwt({ ...setup, user: 'admin@acme.example' }, 'admin')
  const fix = ['fix', 'admin', 'password-length', '--profile', 'strict', '--cut-off-anyway', 'the new policy', '--yes']
  const fixed = await folder.run(fix)
  assert.equal(fixed.code, 0, fixed.stdout + fixed.stderr)

  const texts = async (): Promise<readonly Shown[]> => (await folder.json(['ledger', 'show', '--texts'])).value.texts
  const before = await texts()
  const of = (name: string): Shown | undefined => before.find((one) => one.name === name)
  assert.match(of('changes')?.text ?? '', /^\+.*<minimumPasswordLength>/m)
  assert.equal(of('override')?.text, 'the new policy')
  assert.equal(of('who')?.text, operatorName())
  assert(before.every(({ asCommitted }) => asCommitted))
  const screen = await folder.run(['ledger', 'show', '--texts'])
  assert.match(screen.stdout, /^ {2}override: the new policy$/m)

  const at = (file: string): string => `${folder.path}/${file}`
  const options = { store: `sqlite:${at('keyturn.db')}`, masterKey: `file:${at('keyturn.key')}` }
  const keyturn = await openKeyturn(options)
  const [record] = await keyturn.store.records.list(changeRecordKind)
  assert(record)
  const { id, version, doc } = record
  const altered = { ...(doc as object), override: 'approved by the board' }
  await keyturn.store.records.put({ kind: changeRecordKind, id, doc: altered as never, expect: version })
  await keyturn.close()

  const after = await texts()
  assert.deepEqual(
    after.filter(({ asCommitted }) => !asCommitted).map(({ name, text }) => [name, text]),
    [['override', 'approved by the board']],
  )
})

test('who audited, fixed and provisioned is in the ledger, by name beside it, until that is erased', async (t) => {
  const setup = await setUp(t)
  const { folder } = setup
  await connectJwt({ ...setup, user: 'admin@acme.example' }, 'admin')
  const done = async (...args: readonly string[]): Promise<void> => {
    const { code, stdout, stderr } = await folder.run(args)
    assert.equal(code, 0, stdout + stderr)
  }
  await done('audit', 'admin', '--only', 'password-length', '--fail-on', 'never')
  await done('fix', 'admin', 'password-length', '--profile', 'strict', '--cut-off-anyway', 'the new policy', '--yes')
  const address = ['admin', 'profile:System Administrator', '0.0.0.0-255.255.255.255', '--wide']
  await done(
    ...['provision', 'allow-address', ...address, '--reason', 'tried in a test', '--cut-off-anyway', 'a test', '--yes'],
  )

  const entries = (await folder.json(['ledger', 'show', '--last', '100'])).value.entries as readonly {
    readonly kind: string
    readonly data: Readonly<Record<string, unknown>>
  }[]
  const signed = entries.filter(({ data }) => 'who' in data)
  assert.deepEqual(
    signed.map(({ kind }) => kind),
    ['audited', 'fix-began', 'fix-ended', 'widening-begun', 'provision-began', 'provision-ended', 'widening-granted'],
  )
  for (const { data } of signed) assert.match(String(data['who']), /^text:/)
  const whos = async (): Promise<readonly string[]> =>
    ((await folder.json(['ledger', 'show', '--last', '100', '--texts'])).value.texts as readonly Shown[]).flatMap(
      ({ name, text, asCommitted }) => (name === 'who' && asCommitted ? [text] : []),
    )
  assert.deepEqual(
    await whos(),
    signed.map(() => operatorName()),
  )

  const at = (file: string): string => `${folder.path}/${file}`
  const keyturn = await openKeyturn({ store: `sqlite:${at('keyturn.db')}`, masterKey: `file:${at('keyturn.key')}` })
  await keyturn.store.records.remove(operatorKind, String(signed[0]?.data['who']))
  await keyturn.close()
  assert.deepEqual(await whos(), [])
})
