/** Keyturn's own credentials in the matrix: a grant authorised anew, a caller's secret, the master key. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import type { AppSettings } from '@keyturn/simulator'
import { Secret } from '@keyturn/tokens'
import { manageCallers } from '../../../src/broker/callers/manage-callers.ts'
import { openCallers } from '../../../src/broker/callers/open-callers.ts'
import { quietLog } from '../../../src/caller/quiet-log.ts'
import { openUses } from '../../../src/usage/uses.ts'
import { signIn, webGrant } from '../refresh-grant.ts'
import { scene } from '../scene.ts'
import type { MatrixKind } from './matrix.ts'
import { told, toldSections } from './told.ts'

const day = 86_400_000

export const refreshTokenMatrix: MatrixKind = {
  name: 'refresh-token',
  kind: 'refresh-token',
  switches: {
    'as documented': {},
    'refresh tokens stay': { rotation: false },
    'a new approval ends the former': { newAuthorization: 'kills' },
    'revoking one ends all of user and app': { revokeGrant: 'kills' },
    'one session for all, rows replaced': { sessionPerGrant: 'same-live', oauthTokenRow: 'replaced' },
  },
  async build(t, settings) {
    const place = await scene(t)
    await webGrant(place)
    place.sim.control.changeApp({ app: 'Web', settings: settings as Partial<AppSettings> })
    const sections = { credentials: { acme: { kind: 'refresh-token', grant: 'acme' } } }
    let signedIn = 0
    return {
      place,
      name: 'acme',
      told: null,
      open: (options) => place.process(sections, options),
      async person(open) {
        if ((signedIn += 1) > 3) return false
        // Whatever was in the way: the person tries again when asked again.
        await signIn(place).catch(() => undefined)
        await open().resume('acme')
        return true
      },
      async mend(run) {
        if (/^(NEW_AUTHORISATION|GRANT_DEAD|GRANT_IN_DOUBT)/.test(run.problem?.code ?? '')) await signIn(place)
      },
      async judge(run, what) {
        place.sim.control.expireAccessTokens()
        const status = await place.keyturn.fetch('acme', '/services/oauth2/userinfo').then(
          (answer) => answer.status,
          (error: unknown) => (error as { code?: string }).code ?? String(error),
        )
        if (run.state === 'retired' || run.state === 'rolled-back') {
          assert.equal(status, 200, `${what}: the grant works`)
          return run.state === 'retired' ? 'new works' : 'old works'
        }
        return 'a person is needed'
      },
    }
  },
  more: {
    'revocation answer lost': { match: { endpoint: 'revoke' }, action: { drop: 'after' } },
    'revocation refused': { match: { endpoint: 'revoke' }, action: { status: 503, when: 'before' } },
    'answer of userinfo lost': { match: { endpoint: 'userinfo' }, action: { drop: 'after' } },
  },
  crossed: ['revocation answer lost'],
  empty: () => null,
}

export const callerSecretMatrix: MatrixKind = {
  name: 'caller-secret',
  kind: 'caller-secret',
  switches: { 'as documented': {} },
  async build(t) {
    const place = await scene(t)
    await webGrant(place)
    const { keyturn, clock, folder } = place
    const manage = manageCallers({ keyturn, clock, random: randomBytes, log: quietLog })
    const { caller, secret: old } = await manage.add({
      name: 'etl',
      grants: ['acme'],
      faces: ['oauth', 'soap', 'proxy'],
      ranges: ['10.0.0.0/8'],
      expiresAt: clock.wall() + 400 * day,
      virtualUser: 'etl@broker',
    })
    const envFile = join(folder, '.env')
    const consumers = await told(t, folder, envFile)
    const credentials = { etl: { kind: 'caller-secret', caller: 'etl', drain: { quiet: '2h', atMost: '10d' } } }
    const sections = toldSections({ credentials }, 'etl', consumers)
    const logsIn = async (secret: Secret): Promise<boolean> => {
      const uses = openUses({ store: keyturn.store, clock, log: quietLog, replica: 'one' })
      const callers = openCallers({ keyturn, clock, log: quietLog, uses, staleMax: 1_000, staleAfter: 0 })
      const shown = { kind: 'secret', id: caller.id, secret } as const
      const where = { address: '10.1.1.1', face: 'oauth', transport: null }
      const found = await callers.authenticate(shown, where as never)
      await uses.close()
      return found !== null
    }
    return {
      place,
      name: 'etl',
      told: consumers,
      open: (options) => place.process(sections, options),
      async judge(run, what) {
        if (run.state === 'rolled-back') {
          assert.equal(await logsIn(old), true, `${what}: the old secret signs in`)
          return 'old works'
        }
        const now = existsSync(envFile) ? parseEnv(readFileSync(envFile, 'utf8'))['SF_SECRET'] : undefined
        if (run.state === 'retired') {
          assert.equal(await logsIn(new Secret(now ?? '')), true, `${what}: what consumers read signs in`)
          return 'new works'
        }
        assert.equal(await logsIn(old), true, `${what}: the old secret signs in`)
        return 'a person is needed'
      },
    }
  },
  empty: (trouble) =>
    /killed|cancelled|destination/.test(trouble) ? null : 'nothing is sent to the org: the broker’s own record changes',
}

export const masterKeyMatrix: MatrixKind = {
  name: 'master-key',
  kind: 'master-key',
  switches: { 'as documented': {} },
  async build(t) {
    const place = await scene(t)
    await webGrant(place)
    const sections = { credentials: { key: { kind: 'master-key', to: 'file:./next.key' } } }
    return {
      place,
      name: 'key',
      told: null,
      open: (options) => place.process(sections, options),
      async person(open) {
        await place.keyturn.store.note('master-key-rotated', null, { from: 'a', to: 'b', keys: 1 })
        await open().resume('key')
        return true
      },
      async judge(run, what) {
        const { status } = await place.keyturn.fetch('acme', '/services/oauth2/userinfo')
        assert.equal(status, 200, `${what}: the store opens what it sealed`)
        if (run.state === 'retired') return 'new works'
        return run.state === 'rolled-back' ? 'old works' : 'a person is needed'
      },
    }
  },
  empty: (trouble) =>
    /killed|cancelled|destination/.test(trouble) ? null : 'nothing is sent to the org: the key lies outside the store',
}
