/** Fixes by the names of their controls, and snapshots by hand to plan them on. */
import assert from 'node:assert/strict'
import { allControls } from '../../../src/posture/controls/registry.ts'
import { now } from '../../../src/posture/controls/sample-facts.ts'
import type { Facts } from '../../../src/posture/facts.ts'
import type { Fix } from '../../../src/posture/fix/fix.ts'
import { fixOf } from '../../../src/posture/fix/registry.ts'
import { noFacts } from '../../../src/posture/no-facts.ts'
import type { Snapshot } from '../../../src/posture/snapshot.ts'

const controls = new Map((await allControls()).map((control) => [control.id, control]))

export const fixNamed = async (id: string): Promise<Fix> => {
  const control = controls.get(id)
  assert(control !== undefined, id)
  const fix = await fixOf(control)
  assert(fix !== null, id)
  return fix
}

export const snapshotOf = (facts: Partial<Facts>): Snapshot => ({
  format: 'keyturn-snapshot/1',
  takenAt: now,
  org: { id: '00D000000000001', name: 'Acme', sandbox: false, instanceUrl: 'https://acme.example.com' },
  auditor: { userId: '005000000000009', username: 'admin@example.com' },
  families: [],
  facts: { ...noFacts, ...facts },
  calls: { total: 0, mostAtOnce: 0, ms: 0 },
})
