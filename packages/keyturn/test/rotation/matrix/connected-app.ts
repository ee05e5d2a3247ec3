/** Connected apps in the matrix: a person who generates, applies and signs in again when asked. */
import assert from 'node:assert/strict'
import type { AppSettings, OrgSettings } from '@keyturn/simulator'
import type { Secret } from '@keyturn/tokens'
import { brought, call, minute, rotator, world, yes } from '../connected-app-world.ts'
import type { Pair } from '../connected-app-world.ts'
import { Killed } from '../scene.ts'
import type { MatrixKind } from './matrix.ts'
import { told, toldSections } from './told.ts'

interface Switches {
  readonly app?: Partial<AppSettings>
  readonly org?: Partial<OrgSettings>
}

export const connectedAppMatrix: MatrixKind = {
  name: 'connected-app',
  kind: 'connected-app',
  switches: {
    'as documented': {},
    'failed logins are kept': { org: { clientFailuresInLoginHistory: true } },
    'ten mixed minutes': { app: { propagationMs: 10 * minute, propagation: 'mixed' } },
    'known after ten minutes': { app: { propagationMs: 10 * minute, propagation: 'late' } },
  },
  async build(t, settings) {
    const place = await world(t, settings as Switches)
    // Turned back and begun once more, the old pair is what the store has.
    await place.open().adopt('erp', 'test', brought(place.old))
    const consumers = await told(t, place.folder, place.envFile)
    const sections = toldSections(place.sections, 'erp', consumers)
    let pair: Pair | null = null
    let applied = false
    let said = false
    return {
      place,
      name: 'erp',
      told: consumers,
      users: { rotator },
      open: (options) => place.process(sections, options),
      async person(open, run) {
        const { asks, what } = run.person ?? { asks: [], what: '' }
        const answers: Record<string, Secret> = {}
        for (const { name } of asks) {
          if (name === 'consumerSecret') Object.assign(answers, brought((pair ??= place.generate())))
          else if (name === 'leave') return false
          else if (name !== 'applied') answers[name] = yes
        }
        if (what.startsWith('Apply')) {
          if (!applied) place.apply()
          // Seen by the run itself at first; a person who is asked again says so.
          if (applied && said) answers['applied'] = yes
          said = applied
          applied = true
        }
        // A server that does not know the new pair yet turns the person away, who tries again when asked again.
        if (what.includes('ended the tokens')) await place.signIn().catch(() => undefined)
        await open().resume('erp')
        await open()
          .advance('erp', { attended: true, answers })
          .catch((error: unknown) => {
            if (!(error instanceof Killed) && (error as { code?: string }).code !== 'ROTATION_NOT_FOUND') throw error
            place.advance(31_000)
          })
        return true
      },
      async judge(run, what) {
        const inForce = applied && pair !== null ? pair : place.old
        place.advance(11 * minute)
        assert.equal(await place.login(inForce), 200, `${what}: the pair in force signs in`)
        const doc = await place.open().state('erp')
        const n = run.state === 'rolled-back' ? run.from : run.to
        const kept = await place.keyturn.store.records.secret('credential', 'erp', `v${n ?? 0}.consumerSecret`)
        if (run.state === 'retired' || run.state === 'rolled-back') {
          assert.equal(kept?.reveal(), inForce.clientSecret, `${what}: what is stored is what is in force`)
          for (const name of ['machine', 'person']) {
            place.sim.control.expireAccessTokens()
            assert.equal(await call(place, name), 200, `${what}: ${name} signs in`)
            assert.equal((await place.keyturn.grants.show(name)).clientId, inForce.clientId, what)
          }
          return run.state === 'retired' ? 'new works' : 'old works'
        }
        if (applied) assert.equal(kept?.reveal(), inForce.clientSecret, `${what}: the new pair is in the store`)
        assert.equal(doc?.run?.id, run.id, what)
        return 'a person is needed'
      },
    }
  },
  empty: () => null,
}
