/** External client apps in the matrix. */
import assert from 'node:assert/strict'
import { call, rotator, world } from '../external-client-app-world.ts'
import type { MatrixKind } from './matrix.ts'
import { told, toldSections } from './told.ts'

export const externalClientAppMatrix: MatrixKind = {
  name: 'external-client-app',
  kind: 'external-client-app',
  switches: {
    'as documented': {},
    'usable at once, record promoted': { stagedUsable: 'at-once', rotatedShows: 'promoted' },
    'old pair ends at once, ten mixed minutes': { oldConsumerMs: 0, propagationMs: 600_000, propagation: 'mixed' },
    'grants of the old key die at its removal': {
      grantsOfOldKey: 'die-at-removal',
      approvalsOfOldKey: 'die-at-removal',
    },
    'one active staged record, urls as a tool has them': { stagedSlots: 'one-active', stagedUrls: 'swapped' },
  },
  async build(t, settings) {
    const place = await world(t, settings)
    const consumers = await told(t, place.folder, place.envFile)
    const sections = toldSections(place.sections, 'erp-app', consumers)
    return {
      place,
      name: 'erp-app',
      told: consumers,
      users: { rotator },
      open: (options) => place.process(sections, options),
      /** Says that it is done, though nothing was: the run looks for itself. */
      async person(open) {
        await open().resume('erp-app')
        return true
      },
      async judge(run, what) {
        const { sim, keyturn } = place
        const pairs = sim.control.consumers({ app: 'Erp' })
        const primary = pairs.find(({ slot }) => slot === 'primary')
        sim.control.expireAccessTokens()
        assert.equal(
          await call(place),
          200,
          `${what}: Keyturn’s own grant signs in (${run.state}, ${run.problem?.text ?? ''})`,
        )
        const doc = await place.open().state('erp-app')
        const active = doc?.versions.findLast(({ state }) => state === 'active')
        const stored = await keyturn.store.records.secret('credential', 'erp-app', `v${active?.n ?? 0}.consumerKey`)
        assert.equal(sim.control.changeOrg({ settings: {} }).consumerSecretsByRest, false, `${what}: the switch is off`)
        if (run.state === 'retired') {
          assert.equal(stored?.reveal(), primary?.clientId, `${what}: what is stored is the primary pair`)
          return 'new works'
        }
        if (run.state === 'rolled-back') {
          assert.equal(primary?.clientId, sim.orgs[0]?.apps.find(({ name }) => name === 'Erp')?.clientId, what)
          assert.equal(pairs.filter(({ slot }) => slot === 'staged').length, 0, `${what}: nothing is left staged`)
          return 'old works'
        }
        return 'a person is needed'
      },
    }
  },
  empty: () => null,
}
