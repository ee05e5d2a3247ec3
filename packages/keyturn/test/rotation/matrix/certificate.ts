/** Certificates in the matrix: one slot that cuts over, two kinds of app, jobs that take their time. */
import assert from 'node:assert/strict'
import type { AppSettings, OrgSettings } from '@keyturn/simulator'
import { call, machine, minute, print, rotator, storedKey, world } from '../certificate-world.ts'
import type { Kind, World } from '../certificate-world.ts'
import type { MatrixKind, MatrixWorld } from './matrix.ts'
import { told, toldSections } from './told.ts'

interface Switches {
  readonly app?: Partial<AppSettings>
  readonly org?: Partial<OrgSettings>
  readonly settings?: Readonly<Record<string, unknown>>
}

const worlds = new WeakMap<MatrixWorld, World>()

const judged = (place: World): MatrixWorld['judge'] => {
  return async (run, what) => {
    // Whatever was deployed last got around.
    place.advance(31 * minute)
    place.sim.control.expireAccessTokens({ user: machine })
    assert.equal(await call(place), 200, `${what}: the grant signs in (${run.state}, ${run.problem?.text ?? ''})`)
    const { consumerSecretsByMetadata } = place.sim.control.changeOrg({ settings: {} })
    assert.equal(consumerSecretsByMetadata, false, `${what}: the switch is off`)
    const inSlot = print(place.slot().pem)
    if (run.state === 'retired') {
      const doc = await place.open().state('sync-key')
      const active = doc?.versions.findLast(({ state }) => state === 'active')
      assert.equal(active?.data['fingerprint'], inSlot, `${what}: what is stored is what is in the slot`)
      assert.equal(await place.login(await storedKey(place)), 'works', `${what}: the stored key logs in`)
      return 'new works'
    }
    if (run.state === 'rolled-back') {
      assert.equal(inSlot, print(place.oldPem), `${what}: the old certificate is in the slot`)
      assert.equal(await place.login(place.oldKey), 'works', `${what}: the old key logs in`)
      return 'old works'
    }
    const made = await place.keyturn.store.records.secret('credential', 'sync-key', `v${run.to}.privateKey`)
    const keys = [place.oldKey, made?.reveal() ?? place.oldKey]
    const tried = await Promise.all(keys.map((key) => place.login(key)))
    assert(tried.includes('works'), `${what}: one of the stored keys logs in`)
    return 'a person is needed'
  }
}

const unknownException = (outcome: 'all-done' | 'nothing-done') => (world: MatrixWorld) =>
  void worlds.get(world)?.sim.control.changeOrg({ settings: { deployException: outcome } })

const kindOf = (kind: Kind, name: string, more: Readonly<Record<string, Switches>>): MatrixKind => ({
  name,
  kind: 'certificate',
  switches: {
    'as documented': {},
    'ten mixed minutes': { app: { propagationMs: 10 * minute, propagation: 'mixed' } },
    'known after ten minutes': { app: { propagationMs: 10 * minute, propagation: 'late' } },
    'jobs wait and take their time': { org: { metadataQueueMs: 20_000, metadataRunMs: 30_000 } },
    'never known in time': {
      app: { propagationMs: 30 * minute, propagation: 'late' },
      settings: { propagation: '5m' },
    },
    ...more,
  },
  async build(t, settings) {
    const place = await world(t, { kind, ...(settings as Switches) })
    // So that consumers can be given the old key again.
    await place.open().adopt('sync-key', 'test', place.oldSecrets)
    const consumers = await told(t, place.folder, place.envFile)
    const sections = toldSections(place.sections, 'sync-key', consumers)
    const made: MatrixWorld = {
      place,
      name: 'sync-key',
      told: consumers,
      users: { rotator },
      open: (options) => place.process(sections, options),
      judge: judged(place),
      /** One job ends so; what comes after it doesn’t. */
      meanwhile() {
        place.sim.control.changeOrg({ settings: { deployException: 'no' } })
      },
    }
    worlds.set(made, place)
    return made
  },
  more: {
    'unknown exception, all done': unknownException('all-done'),
    'unknown exception, nothing done': unknownException('nothing-done'),
  },
  crossed: ['unknown exception, all done'],
  empty: (trouble, step) =>
    trouble.startsWith('unknown exception') && !['dry-run', 'deploy'].includes(step)
      ? 'nothing is deployed in this step'
      : null,
})

export const connectedAppCertificateMatrix = kindOf('connected', 'certificate of a connected app', {
  'what a file leaves out stays': { org: { absentAppElements: 'unchanged' } },
})

export const externalAppCertificateMatrix = kindOf('external', 'certificate of an external client app', {
  'global settings closed': { org: { globalOauthSettings: 'closed' } },
})
