/** A simulated org with an app that takes JWT logins, the grant of this store that signs in with it, and an outside client. */
import assert from 'node:assert/strict'
import { createPublicKey } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type { AppSettings, OrgSettings, OrgSpec } from '@keyturn/simulator'
import { verifyEntries } from '@keyturn/tokens/ledger'
import { Secret } from '@keyturn/tokens'
import { lazyNetwork } from '@keyturn/tokens/maintenance'
import { certificateFacts } from '../../src/org/certificate-pem.ts'
import type { Rotation } from '../../src/rotation/rotation.ts'
import type { Run } from '../../src/rotation/credential.ts'
import { tryKey } from '../../src/rotation/rotators/certificate/try-key.ts'
import type { TriedKey } from '../../src/rotation/rotators/certificate/try-key.ts'
import { shipped } from './shipped-permissions.ts'
import { scene } from './scene.ts'
import type { Death, Scene } from './scene.ts'

export const minute = 60_000
export const rotator = 'rotator@acme.example'
export const machine = 'machine@acme.example'

export type Kind = 'connected' | 'external'

export interface World extends Scene {
  readonly envFile: string
  readonly oldPem: string
  readonly oldKey: string
  /** The bare key behind the old certificate, as orgs of old have it. */
  readonly publicKey: string
  readonly oldSecrets: Readonly<Record<string, Secret>>
  readonly clientId: string
  readonly sections: Readonly<Record<string, unknown>>
  open(die?: Death): Rotation
  start(rotation?: Rotation): Promise<unknown>
  /** What the org's metadata says is in the slot. */
  slot(): { readonly pem: string; readonly body: Readonly<Record<string, unknown>> }
  /** A client outside Keyturn with one key. */
  login(privateKey: string): Promise<TriedKey['is']>
}

export interface Wish {
  readonly kind?: Kind
  readonly app?: Partial<AppSettings>
  readonly org?: Partial<OrgSettings>
  readonly days?: number
  readonly settings?: Readonly<Record<string, unknown>>
  /** Whether a grant of this store signs with the app's key. */
  readonly grant?: boolean
  readonly rotatorPermissions?: NonNullable<NonNullable<OrgSpec['users']>[number]['permissions']>
}

export const world = async (t: TestContext, wish: Wish = {}): Promise<World> => {
  const { kind = 'connected', days = 90, grant: withGrant = true } = wish
  const place = await scene(t, {
    users: [
      { username: 'admin@acme.example', profile: 'System Administrator' },
      {
        username: rotator,
        permissions: wish.rotatorPermissions ?? (shipped('Certificates') as never),
      },
      { username: machine },
      { username: 'prover@acme.example' },
    ],
    apps: [{ name: 'Web' }],
    settings: { absentAppElements: 'reset', ...wish.org },
  })
  const { sim, keyturn } = place
  const app = sim.control.addApp({
    name: 'Sync',
    kind,
    certificate: { days, keySize: 2048 },
    settings: { permittedUsers: 'admin', preAuthorizedUsers: [machine], pkceRequired: true, ...wish.app },
  })
  assert(app.privateKey !== null && app.certificate !== null)
  const grant = sim.control.grant({ user: rotator, app: 'Web' })
  await keyturn.grants.add({
    name: 'rotator',
    loginUrl: sim.url,
    clientId: grant.clientId,
    clientSecret: grant.clientSecret,
    refreshToken: grant.refreshToken,
    flow: 'refresh_token',
  })
  if (withGrant) {
    await keyturn.grants.add({
      name: 'sync',
      loginUrl: sim.url,
      clientId: app.clientId,
      privateKey: app.privateKey,
      username: machine,
      flow: 'jwt_bearer',
    })
  }
  const folder = mkdtempSync(join(tmpdir(), 'keyturn-destination-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const envFile = join(folder, '.env')
  const sections = {
    destinations: { env: { kind: 'env-file', file: envFile, create: true } },
    credentials: {
      'sync-key': {
        kind: 'certificate',
        org: 'rotator',
        app: 'Sync',
        username: machine,
        keySize: 2048,
        destinations: ['env'],
        drain: { quiet: '1h' },
        ...wish.settings,
      },
    },
  }
  const network = lazyNetwork({ clock: place.clock, env: {} })
  t.after(() => network.close())
  const open = (die?: Death): Rotation => place.process(sections, die === undefined ? {} : { die })
  return {
    ...place,
    envFile,
    sections,
    oldPem: app.certificate,
    oldKey: app.privateKey,
    publicKey: createPublicKey(app.certificate).export({ type: 'spki', format: 'pem' }).toString(),
    oldSecrets: { certificate: new Secret(app.certificate), privateKey: new Secret(app.privateKey) },
    clientId: app.clientId,
    open,
    start: (rotation = open()) => rotation.start('sync-key', { why: 'test', who: 'test', attended: false }),
    slot() {
      const type = kind === 'connected' ? 'ConnectedApp' : 'ExtlClntAppGlobalOauthSettings'
      const found = sim.control.components({ type }).find(({ fullName }) => fullName.startsWith('Sync'))
      const body = (found?.body ?? {}) as Record<string, unknown>
      const config = kind === 'connected' ? (body['oauthConfig'] as Record<string, unknown>) : body
      return { pem: String(config['certificate'] ?? ''), body }
    },
    async login(privateKey) {
      const login = { loginUrl: sim.url, clientId: app.clientId, username: machine, audience: sim.url }
      const tried = await tryKey({ network, clock: place.clock, id: 'outside' }, login, new Secret(privateKey))
      return tried.is
    },
  }
}

export const call = (place: World): Promise<number | string> =>
  place.keyturn.fetch('sync', '/services/data/v66.0/').then(
    ({ status }) => status,
    (error: unknown) => (error as { code?: string }).code ?? String(error),
  )

export const print = (pem: string): string => certificateFacts(pem)?.fingerprint ?? 'none'

export const storedKey = async (place: World): Promise<string> => {
  const doc = await place.open().state('sync-key')
  const active = doc?.versions.findLast(({ state }) => state === 'active')
  const kept = await place.keyturn.store.records.secret('credential', 'sync-key', `v${active?.n ?? 0}.privateKey`)
  return kept?.reveal() ?? ''
}

export const judge = async (place: World, what: string): Promise<void> => {
  const doc = await place.open().state('sync-key')
  const active = doc?.versions.findLast(({ state }) => state === 'active')
  assert.equal(doc?.run ?? null, null, what)
  assert.equal(active?.data['fingerprint'], print(place.slot().pem), `${what}: what is stored is what is in the slot`)
  place.advance(11 * minute)
  assert.equal(await place.login(await storedKey(place)), 'works', `${what}: the stored key logs in`)
  assert.equal((await place.keyturn.grants.show('sync')).former, null, what)
  place.sim.control.expireAccessTokens()
  assert.equal(await call(place), 200, `${what}: the grant signs in`)
  assert.equal(verifyEntries(await place.keyturn.store.ledger(1, 5_000)).ok, true, what)
}

export const judgeOld = async (place: World, run: Run): Promise<void> => {
  assert.equal(run.state, 'rolled-back', run.problem?.text)
  assert.equal(print(place.slot().pem), print(place.oldPem), 'the old certificate is in the slot')
  place.advance(11 * minute)
  assert.equal(await place.login(place.oldKey), 'works')
  assert.equal((await place.keyturn.grants.show('sync')).former, null)
  place.sim.control.expireAccessTokens()
  assert.equal(await call(place), 200)
  assert(run.exposed.every(({ to }) => to !== null))
  assert.equal(verifyEntries(await place.keyturn.store.ledger(1, 5_000)).ok, true)
}

export const unchanged = ({ body }: ReturnType<World['slot']>, kind: Kind): unknown => {
  const { certificate: _own, ...rest } = body
  if (kind === 'external') return rest
  const { certificate: _in, ...config } = body['oauthConfig'] as Record<string, unknown>
  return { ...rest, oauthConfig: config }
}
