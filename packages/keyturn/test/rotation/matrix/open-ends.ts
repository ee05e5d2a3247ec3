/** What must hold after whichever run, whatever went wrong: nothing is left open, nothing is left behind. */
import assert from 'node:assert/strict'
import { verifyEntries } from '@keyturn/tokens/ledger'
import { isOver } from '../../../src/rotation/credential.ts'
import type { Run } from '../../../src/rotation/credential.ts'
import type { MatrixWorld } from './matrix.ts'

export const noOpenEnds = async (world: MatrixWorld, run: Run, what: string): Promise<void> => {
  const { place, name, told } = world
  const { keyturn } = place
  const { store, grants } = keyturn
  const entries = await store.ledger(1, 5_000)
  assert.equal(verifyEntries(entries).ok, true, `${what}: the ledger`)
  assert(
    run.switches.every(({ closedAt }) => closedAt !== null),
    `${what}: every switch is off again`,
  )
  const lease = await store.records.get('rotation-lease', name)
  const { until } = (lease?.doc ?? { until: 0 }) as { readonly until: number }
  assert(until <= (await store.now()), `${what}: nobody holds the lease`)
  const doc = await world.open().state(name)
  assert(doc !== null)
  const seen = JSON.stringify([entries, doc, run])
  for (const { n, state, fields } of doc.versions) {
    for (const field of fields) {
      const secret = (await store.records.secret('credential', name, `v${n}.${field}`))?.reveal() ?? null
      const over = state === 'retired' || state === 'rolled-back'
      assert.equal(secret === null, over, `${what}: ${field} of version ${n}, ${state}`)
      if (secret !== null && /secret|password|token|privatekey/i.test(field))
        assert(!seen.includes(secret), `${what}: ${field} is in the ledger or the run`)
    }
  }
  if (!isOver(run)) {
    assert.equal(doc.run?.id, run.id, `${what}: it can be gone on with`)
    return
  }
  assert.equal(doc.run, null, what)
  assert(
    doc.versions.every(({ state }) => ['active', 'retired', 'rolled-back'].includes(state)),
    `${what}: versions ${doc.versions.map(({ state }) => state).join()}`,
  )
  assert(doc.versions.filter(({ state }) => state === 'active').length <= 1, `${what}: one version is the active one`)
  assert(
    run.exposed.every(({ to }) => to !== null),
    `${what}: the exposed time ended`,
  )
  const inForce = doc.versions.find(({ state }) => state === 'active')
  for (const [field, value] of Object.entries(inForce === undefined ? {} : (told?.now() ?? {}))) {
    const secret = await store.records.secret('credential', name, `v${inForce?.n ?? 0}.${field}`)
    assert.equal(value, secret?.reveal(), `${what}: ${field} in the Vault is what is in force`)
  }
  for (const grant of await grants.list())
    assert.equal(grant.former, null, `${what}: the grant ${grant.name} has one client again`)
}
