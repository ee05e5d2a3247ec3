/** A simulated org and a folder with a store: what most tests of commands start from. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import assert from 'node:assert/strict'
import { startSimulator } from '@keyturn/simulator'
import type { Simulator } from '@keyturn/simulator'
import { makeFolder } from './cli.ts'
import type { Folder } from './cli.ts'

export interface Setup {
  readonly sim: Simulator
  readonly folder: Folder
  readonly app: (name: string) => Simulator['orgs'][number]['apps'][number]
  /** PEM file of the Jwt app. */
  readonly keyFile: string
  readonly user: string
}

export const setUp = async (t: TestContext): Promise<Setup> => {
  const sim = await startSimulator({ seed: t.name })
  t.after(() => sim.close())
  const folder = makeFolder(t)
  const [org] = sim.orgs
  assert(org)
  const app = (name: string) => {
    const found = org.apps.find((one) => one.name === name)
    assert(found)
    return found
  }
  const keyFile = join(folder.path, 'app.pem')
  writeFileSync(keyFile, app('Jwt').privateKey ?? '', { mode: 0o600 })
  const made = await folder.run(['init'])
  assert.equal(made.code, 0, made.stderr)
  return { sim, folder, app, keyFile, user: 'integration@acme.example' }
}

export const connectJwt = async ({ sim, folder, app, user, keyFile }: Setup, name = 'acme'): Promise<void> => {
  const args = ['connect', name, '--jwt', '--login-url', sim.url, '--client-id', app('Jwt').clientId]
  const connected = await folder.run([...args, '--username', user, '--key-file', keyFile])
  assert.equal(connected.code, 0, connected.stderr)
}

/** A refresh token, handed over without a login. */
export const connectRefresh = async (
  { sim, folder, app, user }: Setup,
  name = 'acme',
  more: readonly string[] = [],
): Promise<string> => {
  const { refreshToken } = sim.control.grant({ user, app: 'Web' })
  const web = app('Web')
  const args = [
    'connect',
    name,
    '--refresh-token-stdin',
    '--login-url',
    sim.url,
    '--client-id',
    web.clientId,
    '--client-secret-ref',
    'env:WEB_SECRET',
  ]
  const connected = await folder.run([...args, ...more], {
    stdin: `${refreshToken}\n`,
    env: { WEB_SECRET: web.clientSecret },
  })
  assert.equal(connected.code, 0, connected.stderr)
  return refreshToken
}
