/**
 * A home folder of its own for @salesforce/core, which has to be set before core is first loaded, and sf logins in it.
 * Import this before anything that loads core.
 */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { text } from 'node:stream/consumers'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { authInfoOf } from '../../src/adapters/core-module.ts'
import type { SfAuthInfo, SfConnection, SfCore } from '../../src/adapters/salesforce-core.ts'
import type { Org } from './org.ts'

export const home = process.env['KEYTURN_TEST_SF_HOME'] ?? mkdtempSync(join(tmpdir(), 'keyturn-sf-home-'))
const mine = process.env['KEYTURN_TEST_SF_HOME'] === undefined

Object.assign(process.env, {
  HOME: home,
  USERPROFILE: home,
  SF_DISABLE_TELEMETRY: 'true',
  SF_DISABLE_LOG_FILE: 'true',
  SF_DOMAIN_RETRY: '0',
  SF_USE_GENERIC_UNIX_KEYCHAIN: 'true',
  SF_SKIP_SCRATCH_ORG_CHECK: 'true',
})

if (mine) after(() => rmSync(home, { recursive: true, force: true, maxRetries: 5 }))

export interface CoreConnection extends SfConnection {
  query(soql: string): PromiseLike<{ readonly totalSize: number }>
  refreshAuth(): Promise<void>
  getAuthInfo(): SfAuthInfo
  getUsername(): string | undefined
}

export interface Core extends SfCore<CoreConnection> {
  readonly Org: { create(options: { readonly connection: CoreConnection }): Promise<{ getOrgId(): string }> }
}

export const core = createRequire(import.meta.url)('@salesforce/core') as Core

export const stateFolder = join(home, '.sfdx')
export const authFile = (username: string): string => join(stateFolder, `${username}.json`)
export const rotationLock = (username: string): string => `${authFile(username)}.token-rotation`

/** The auth files there are. */
export const authFiles = (): readonly string[] =>
  existsSync(stateFolder) ? readdirSync(stateFolder).filter((name) => name.includes('@') && name.endsWith('.json')) : []

/** The file as it stands on disk, still encrypted. */
export const onDisk = (username: string): Readonly<Record<string, unknown>> =>
  JSON.parse(readFileSync(authFile(username), 'utf8')) as Readonly<Record<string, unknown>>

/** Decrypted, read afresh. */
export const sfFields = async (username: string) => {
  const state = await core.StateAggregator.getInstance()
  return (await state.orgs.peek?.(username, true)) ?? {}
}

/** What `sf org login web` leaves behind, without the browser. Usernames are the simulator's: one login per test. */
export const sfLogin = async (org: Org, more: Readonly<Record<string, unknown>> = {}): Promise<string> => {
  const { username, accessToken, refreshToken, instanceUrl, clientId, clientSecret } = org.ready
  rmSync(authFile(username), { force: true })
  const state = (await core.StateAggregator.getInstance()) as {
    readonly orgs: { remove?(name: string): Promise<void> }
  }
  await state.orgs.remove?.(username).catch(() => undefined)
  const authInfo = await authInfoOf(core, {
    accessTokenOptions: {
      username,
      accessToken,
      instanceUrl,
      loginUrl: org.sim.url,
      orgId: org.ready.org,
      isDevHub: false,
      namespacePrefix: null,
    },
  })
  await authInfo.save({ refreshToken, clientId, clientSecret, loginUrl: org.sim.url, ...more })
  return username
}

/** A connection as an sf command makes it: from the file, refreshing by core itself. */
export const sfConnection = async (username: string): Promise<CoreConnection> =>
  core.Connection.create({
    authInfo: await core.AuthInfo.create({ username } as never),
    connectionOptions: { version: '60.0' },
  } as never)

/** Runs a query in a process of its own, as an sf command would; the number of records. */
export const sfCommand = async (username: string): Promise<number> => {
  const script = fileURLToPath(new URL('sf-command.ts', import.meta.url))
  const env = { ...process.env, KEYTURN_TEST_SF_HOME: home }
  const child = spawn(process.execPath, [script, username], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  const [out] = await Promise.all([text(child.stdout), once(child, 'exit')])
  return Number(out)
}

/** Polls for what another process does. */
export const until = async (what: () => boolean): Promise<void> => {
  for (let tries = 0; !what(); tries += 1) {
    assert.ok(tries < 1_000, 'never came true')
    await setTimeout(10)
  }
}
