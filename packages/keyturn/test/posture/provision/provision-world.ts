/** A simulated org, a folder with a store, and a grant of its administrator: what the commands below `provision` need. */
import assert from 'node:assert/strict'
import { appendFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type { ReadyGrant } from '@keyturn/simulator'
import { setUp } from '../../connected.ts'
import type { Setup } from '../../connected.ts'
import { runningHere } from '../../run-here.ts'

export interface ProvisionWorld extends Setup {
  readonly admin: ReadyGrant
  query(soql: string): Promise<readonly Readonly<Record<string, unknown>>[]>
}

export const provisionWorld = async (t: TestContext): Promise<ProvisionWorld> => {
  const setup = await setUp(t)
  const { sim, folder } = setup
  // The login history is read up to the last whole second: by an org whose clock is late all logins are of earlier ones.
  sim.control.moveClock({ advanceMs: -5_000 })
  const admin = sim.control.grant({ user: 'admin@acme.example', app: 'Web' })
  const args = ['--refresh-token-stdin', '--login-url', sim.url, '--client-id', admin.clientId]
  writeFileSync(join(folder.path, 'web.secret'), admin.clientSecret, { mode: 0o600 })
  const connected = await folder.run(['connect', 'acme', ...args, '--client-secret-ref', 'file:web.secret'], {
    stdin: `${admin.refreshToken}\n`,
  })
  assert.equal(connected.code, 0, connected.stderr)
  appendFileSync(
    join(folder.path, 'keyturn.yaml'),
    '\ndestinations:\n  erp: { kind: env-file, file: erp.env, create: true }\n',
  )
  const looker = sim.control.grant({ user: 'admin@acme.example', app: 'Web' })
  return {
    ...setup,
    folder: runningHere(folder),
    admin,
    async query(soql) {
      const answer = await fetch(`${sim.url}/services/data/v66.0/query?q=${encodeURIComponent(soql)}`, {
        headers: { authorization: `Bearer ${looker.accessToken}` },
      })
      const body = (await answer.json()) as { readonly records: readonly Readonly<Record<string, unknown>>[] }
      assert.equal(answer.status, 200, JSON.stringify(body))
      return body.records
    },
  }
}
