/** Whose tokens are whose, where the org gives no link from a token to its app. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { appUse } from '../../../src/posture/collectors/apps/app-use.ts'
import { inventory } from '../../../src/posture/controls/sample-facts.ts'
import { known, unknown } from '../../../src/posture/fact.ts'
import { valueOf } from './audited-org.ts'

const loader = { kind: 'connected', id: '0H4000000000001AAA', name: 'Data_Loader', label: 'Data Loader' } as const
const erp = { kind: 'external', id: '0xI000000000001AAA', name: 'Erp', label: 'ERP' } as const
const none = unknown('not-collected', 'nobody asked')

const use = (...granted: readonly (readonly [app: string, appId: string | null])[]) => {
  const tokens = granted.map(([app, appId], n) => ({
    ...{ app, appId, user: `user${n}@example.com`, created: 1, lastUsed: null, useCount: 1 },
  }))
  const found = appUse([loader, erp], known(inventory({ tokens })), none)
  return {
    loader: valueOf(found.of(loader).tokens).count,
    erp: valueOf(found.of(erp).tokens).count,
    strangers: found.strangers.map(({ name, use: { tokens: held } }) => `${name} ${valueOf(held).count}`),
  }
}

test('a stranger with the name of an installed app does not hide behind it', () => {
  const linked = ['Data Loader', loader.id] as const
  assert.deepEqual(use(linked, linked, ['Data Loader', null]), { loader: 2, erp: 0, strangers: ['Data Loader 1'] })
  // Nobody uses the real one: that the org links the tokens of another connected app says enough.
  assert.deepEqual(use(['Sync', '0H4000000000002AAA'], ['Data Loader', null]).strangers, ['Data Loader 1'])
})

test('tokens of external client apps often have no link, and are found by the name', () => {
  assert.deepEqual(use(['Data Loader', loader.id], ['ERP', null]), { loader: 1, erp: 1, strangers: [] })
  assert.deepEqual(use(['ERP', erp.id], ['ERP', null]), { loader: 0, erp: 1, strangers: ['ERP 1'] })
})

test('an org that links no tokens at all leaves the name', () => {
  assert.deepEqual(use(['Data Loader', null], ['Portal', null]), { loader: 1, erp: 0, strangers: ['Portal 1'] })
})
