/** An org with an external client app, a rotator and a grant of Keyturn's own that signs in with the app. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type { AppSettings } from '@keyturn/simulator'
import type { Rotation } from '../../src/rotation/rotation.ts'
import { scene } from './scene.ts'
import type { Death, Scene } from './scene.ts'

const day = 86_400_000
const rights = ['ExternalClientAppDeveloper', 'ViewClientSecret', 'ModifyMetadata', 'CustomizeApplication'] as const
/** Runs the client-credentials flow of the very app it rotates. */
export const selfRotating = 'self@acme.example'
export const rotator = 'rotator@acme.example'

export interface World extends Scene {
  readonly envFile: string
  readonly sections: Readonly<Record<string, unknown>>
  open(die?: Death): Rotation
  start(rotation?: Rotation): Promise<unknown>
}

export const world = async (t: TestContext, settings: Partial<AppSettings> = {}, quiet = '2d'): Promise<World> => {
  const place = await scene(t, {
    users: [
      { username: 'admin@acme.example', profile: 'System Administrator' },
      {
        username: rotator,
        permissions: ['ExternalClientAppDeveloper', 'ViewClientSecret', 'ModifyMetadata', 'CustomizeApplication'],
      },
      { username: 'plain@acme.example', permissions: ['ExternalClientAppDeveloper', 'ViewClientSecret'] },
      { username: 'limited@acme.example', permissions: ['CustomizeApplication'] },
      { username: selfRotating, apiOnly: true, permissions: [...rights] },
      { username: 'machine@acme.example', apiOnly: true },
    ],
    apps: [
      { name: 'Web' },
      {
        name: 'Erp',
        kind: 'external',
        settings: {
          clientCredentials: true,
          clientCredentialsUser: 'machine@acme.example',
          oldConsumerMs: 30 * day,
          ...settings,
        },
      },
    ],
  })
  const { sim, keyturn } = place
  const grant = sim.control.grant({ user: rotator, app: 'Web' })
  await keyturn.grants.add({
    name: 'rotator',
    loginUrl: sim.url,
    clientId: grant.clientId,
    clientSecret: grant.clientSecret,
    refreshToken: grant.refreshToken,
    flow: 'refresh_token',
  })
  const erp = sim.orgs[0]?.apps.find(({ name }) => name === 'Erp')
  assert(erp !== undefined)
  await keyturn.grants.add({
    name: 'erp',
    loginUrl: sim.url,
    clientId: erp.clientId,
    clientSecret: erp.clientSecret,
    flow: 'client_credentials',
  })
  const folder = mkdtempSync(join(tmpdir(), 'keyturn-destination-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const envFile = join(folder, '.env')
  const sections = {
    destinations: { env: { kind: 'env-file', file: envFile, create: true } },
    credentials: {
      'erp-app': {
        kind: 'external-client-app',
        org: 'rotator',
        app: erp.id,
        destinations: ['env'],
        drain: { quiet },
      },
    },
  }
  const open = (die?: Death): Rotation => place.process(sections, die === undefined ? {} : { die })
  return {
    ...place,
    envFile,
    sections,
    open,
    start: (rotation = open()) => rotation.start('erp-app', { why: 'test', who: 'test', attended: false }),
  }
}

export const call = (place: Scene): Promise<number | string> =>
  place.keyturn.fetch('erp', '/services/data/v66.0/').then(
    ({ status }) => status,
    (error: unknown) => (error as { code?: string }).code ?? String(error),
  )
