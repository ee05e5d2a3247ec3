/** A run whose credential was taken out of keyturn.yaml: nobody goes on with it, so the doctor tells. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkRotations } from '../../src/doctor/check-rotations.ts'
import { world } from './external-client-app-world.ts'
import { Killed } from './scene.ts'

void test('a run that was left behind is told, with the org switch it left open; one that can go on is not', async (t) => {
  const place = await world(t)
  const told = (kinds: Readonly<Record<string, string>>) =>
    checkRotations(place.keyturn.store, new Map(Object.entries(kinds)), place.clock.wall())
  await place.start()
  const here = { 'erp-app': 'external-client-app' }
  assert.deepEqual(await told(here), [])
  const [left] = await told({})
  assert.deepEqual([left?.name, left?.health], ['credential.erp-app', 'warning'])
  assert.match(left?.text ?? '', /planned, .* names no more: nobody goes on with it$/)

  const dying = place.process(place.sections, {
    watch: (entry, when) => {
      if (entry.kind === 'org-switch-opened' && when === 'after') throw new Killed()
    },
  })
  await assert.rejects(dying.advance('erp-app', { attended: false }), Killed)
  assert.deepEqual(await told(here), [])
  const [open] = await told({ 'erp-app': 'password' })
  assert.equal(open?.health, 'bad')
  assert.match(open?.text ?? '', /is password in keyturn\.yaml now: .*consumer secrets via REST API” in the org/)
  assert.match(open?.fix ?? '', /`kind: external-client-app`; then `keyturn rotate erp-app --resume`/)
})
