/** Org switches that a run opens: closed again whatever happens, by whoever finds them, and shared by runs of one org. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Run } from '../../src/rotation/credential.ts'
import { world } from './external-client-app-world.ts'
import type { World } from './external-client-app-world.ts'
import { Killed, toTheEnd } from './scene.ts'
import type { ProcessOptions } from './scene.ts'

const isOn = ({ sim }: World): boolean => sim.control.changeOrg({ settings: {} }).consumerSecretsByRest

const open = ({ switches }: Run): number => switches.filter(({ closedAt }) => closedAt === null).length

/** When the step begins. */
const atStep =
  (step: string, act: () => void): NonNullable<ProcessOptions['watch']> =>
  (entry, when) => {
    if (entry.kind === 'rotation-step-begun' && entry.data['step'] === step && when === 'after') act()
  }

const stagedIsGone = ({ sim }: World): void =>
  void sim.control.addFault({
    match: { path: '/staged/', method: 'GET' },
    action: { status: 404, when: 'before', body: '[{"errorCode":"NOT_FOUND","message":"gone"}]' },
  })

void test('killed the moment a run is halted: what it opened is off by then, for nobody goes on with a halted run', async (t) => {
  const place = await world(t)
  await place.start()
  const dying = place.process(place.sections, {
    watch(entry, when) {
      atStep('rotate', () => stagedIsGone(place))(entry, when)
      if (entry.kind === 'rotation-halted' && when === 'after') throw new Killed()
    },
  })
  await assert.rejects(
    toTheEnd(place, 'erp-app', () => dying),
    Killed,
  )
  const run = (await place.open().state('erp-app'))?.run ?? null
  assert.deepEqual([run?.state, run?.problem?.code], ['halted', 'STAGED_PAIR_GONE'])
  assert.equal(isOn(place), false)
  assert.equal(run === null ? -1 : open(run), 0)
})

void test('an org that refuses to have it switched off: the run says so, and goes on once a person has done it', async (t) => {
  const place = await world(t)
  await place.start()
  const rotation = place.process(place.sections, {
    watch(entry, when) {
      if (entry.kind === 'credential-stored' && when === 'after')
        place.sim.control.addFault({
          match: { endpoint: 'metadata' },
          count: 'forever',
          action: { status: 403, when: 'before', html: true },
        })
    },
  })
  const stuck = await toTheEnd(place, 'erp-app', () => rotation)
  assert.deepEqual([stuck.state, stuck.problem?.code], ['halted', 'ORG_REFUSED'])
  assert.match(stuck.problem?.next ?? '', /External Client App Manager.*switch “Allow access.*” off, then resume/)
  assert.deepEqual([isOn(place), open(stuck)], [true, 1], 'it is said that it is on')
  await rotation.resume('erp-app')
  const still = await toTheEnd(place, 'erp-app', () => rotation)
  assert.deepEqual([still.state, open(still)], ['halted', 1], 'nothing goes on over an open switch')
  place.sim.control.removeFaults()
  place.sim.control.changeOrg({ settings: { consumerSecretsByRest: false } })
  await rotation.resume('erp-app')
  const run = await toTheEnd(place, 'erp-app', () => rotation)
  assert.equal(run.state, 'retired', run.problem?.text)
  assert.deepEqual([isOn(place), open(run)], [false, 0])
})

void test('closed under a run by another run of the org that ended: it is opened again, and the run goes on', async (t) => {
  const place = await world(t)
  const { control } = place.sim
  // As the other run opened it, so that this one finds it on.
  control.changeOrg({ settings: { consumerSecretsByRest: true } })
  control.addFault({ match: { path: '/staged', method: 'POST' }, action: { holdBefore: true } })
  await place.start()
  const going = toTheEnd(place, 'erp-app', () => place.open())
  await control.held()
  control.changeOrg({ settings: { consumerSecretsByRest: false } })
  control.release()
  const run = await going
  assert.equal(run.state, 'retired', run.problem?.text)
  assert.deepEqual([isOn(place), open(run)], [false, 0])
  assert.equal(control.consumers({ app: 'Erp' }).length, 2, 'one pair was made')
})
