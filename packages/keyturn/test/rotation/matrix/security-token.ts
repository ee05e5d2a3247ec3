/** Passwords and security tokens in the matrix. */
import assert from 'node:assert/strict'
import { mkdirSync, rmSync } from 'node:fs'
import { Secret } from '@keyturn/tokens'
import { passwordScene, robot } from '../password-scene.ts'
import type { PasswordScene } from '../password-scene.ts'
import { Killed } from '../scene.ts'
import { changes, signsIn } from '../security-token-run.ts'
import type { MatrixKind, MatrixWorld } from './matrix.ts'

const sceneOf = ({ place }: MatrixWorld): PasswordScene => place as PasswordScene

const outside = '198.51.100.7'

const judged = (place: PasswordScene): MatrixWorld['judge'] => {
  return async (run, what) => {
    const { password, securityToken } = place.sim.control.userSecrets({ user: robot })
    assert((await changes(place)) <= 1, `${what}: the password was changed once at most`)
    if (run.state === 'rolled-back') {
      assert.equal(password, 'former-Password-1', `${what}: nothing was changed`)
      return 'old works'
    }
    const doc = await place.open().state('robot')
    const version = doc?.versions.at(-1)
    const stored = await place.keyturn.store.records.secret('credential', 'robot', `v${version?.n ?? 0}.password`)
    assert(
      password === 'former-Password-1' || password === stored?.reveal(),
      `${what}: the password in force is the former one or the stored one`,
    )
    if (run.state !== 'retired') {
      // Whoever is told so repairs it.
      rmSync(place.envFile, { recursive: true, force: true })
      assert(run.problem !== null || run.person !== null, `${what}: it says why`)
      return 'a person is needed'
    }
    const { SF_PASSWORD: told = '', SF_SECURITY_TOKEN: token = '' } = place.told()
    assert.deepEqual([told, token], [password, securityToken], `${what}: consumers have what is in force`)
    assert.equal(await signsIn(place, told + token), true, `${what}: it signs in`)
    return 'new works'
  }
}

export const securityTokenMatrix: MatrixKind = {
  kind: 'security-token',
  switches: {
    'as documented': {},
    'from a trusted address': { trustedAddresses: [outside] },
    'nothing is mailed for passwords set over the API': { apiPasswordMailsToken: false },
    'the token outlives the password': { apiPasswordResetsToken: false },
    'sessions end with the password, refusals are 500': {
      passwordChangeEndsSessions: 'all',
      passwordRefusalStatus: 500,
    },
  },
  async build(t, settings) {
    const place = await passwordScene(t, { settings })
    await place.adopt()
    return {
      place,
      name: 'robot',
      open: (options) => place.open({}, options),
      judge: judged(place),
      /** Resets the token where one is asked for, and brings it. */
      async person(rotation, run) {
        await rotation.resume('robot')
        if (run.person?.asks.some(({ name }) => name === 'securityToken') !== true) return true
        place.sim.control.removeMailFaults()
        place.sim.control.resetSecurityToken({ user: robot })
        const brought = new Secret(place.sim.control.userSecrets({ user: robot }).securityToken)
        await rotation
          .advance('robot', { attended: true, answers: { securityToken: brought } })
          .catch((error: unknown) => {
            assert(error instanceof Killed, String(error))
            place.advance(31_000)
          })
        return true
      },
    }
  },
  more: {
    'mail late': (world) => void sceneOf(world).sim.control.addMailFault({ fault: 'held' }),
    'mail lost': (world) => void sceneOf(world).sim.control.addMailFault({ fault: 'lost' }),
    'mail twice': (world) => void sceneOf(world).sim.control.addMailFault({ fault: 'twice' }),
    'mail with the former token': (world) => void sceneOf(world).sim.control.addMailFault({ fault: 'old-token' }),
    'mail forged': (world) => void sceneOf(world).sim.control.forgeMail({ user: robot }),
    'destination failing': (world) => {
      rmSync(sceneOf(world).envFile, { recursive: true, force: true })
      mkdirSync(sceneOf(world).envFile)
    },
  },
  empty(trouble, step) {
    const at = ['stage', 'listen', 'set', 'receive', 'verify', 'distribute', 'activate', 'drain', 'retire'].indexOf(
      step,
    )
    if (trouble.startsWith('mail') && trouble !== 'mail forged' && at > 2) return 'the mail was written in step set'
    if (trouble === 'destination failing' && at > 5) return 'destinations were written in step distribute'
    return null
  },
}
