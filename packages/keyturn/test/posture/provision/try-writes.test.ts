/** A record that was made to try things is taken away, or named: also where the org goes away in the middle. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { KeyturnError } from '@keyturn/tokens'
import type { RecordEntry, Records } from '@keyturn/tokens'
import type { OrgConnection } from '../../../src/org/connection.ts'
import { tryWrites } from '../../../src/posture/provision/try-writes.ts'

const gone = (): Promise<never> => Promise.reject(new KeyturnError('ORG_UNAVAILABLE', 'no answer'))

const describe = {
  fields: [{ name: 'Name', type: 'string', length: 80, createable: true, nillable: false, defaultedOnCreate: false }],
}

const orgs = (deletes: OrgConnection['send']): { readonly asUser: OrgConnection; readonly admin: OrgConnection } => {
  const asUser = {
    rest: () => Promise.resolve(describe),
    send: (method: string) => (method === 'POST' ? Promise.resolve({ status: 201, body: { id: '001A' } }) : gone()),
  }
  return {
    asUser: asUser as unknown as OrgConnection,
    admin: { grant: 'acme', send: deletes } as unknown as OrgConnection,
  }
}

const tried = async (deletes: OrgConnection['send']) => {
  const entries: RecordEntry[] = []
  const records = {
    putAll: (_all: unknown, entry: RecordEntry) => Promise.resolve(void entries.push(entry)),
  } as unknown as Records
  const found = await tryWrites({
    ...orgs(deletes),
    records,
    objects: [{ object: 'Account', rights: ['read', 'create', 'edit'] }],
    orgId: '00D',
    now: 0,
    agree: () => Promise.resolve(true),
  })
  return { found, ended: entries.at(-1) }
}

test('it is taken away though the change got no answer', async () => {
  const { found, ended } = await tried((() => Promise.resolve({ status: 204, body: null })) as OrgConnection['send'])
  assert.deepEqual(
    found.map(({ is, text, left }) => [is, text, left]),
    [['refused', 'once it was created: no answer', null]],
  )
  assert.deepEqual([ended?.kind, ended?.data?.['left']], ['provision-writes-ended', ''])
})

test('where that gets no answer either, it is named in the answer and in the ledger', async () => {
  const { found, ended } = await tried(gone)
  assert.deepEqual(
    found.map(({ left }) => left),
    ['001A'],
  )
  assert.equal(ended?.data?.['left'], '001A')
})
