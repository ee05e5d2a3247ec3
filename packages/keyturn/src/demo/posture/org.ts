/** A company whose org nobody has looked after, and what somebody would have who looks: a folder with a store and a grant. */
import { randomBytes } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openKeyturn } from '@keyturn/tokens'
import { openOptions, readSettings } from '../../settings.ts'
import { loadScenario, loadSimulator } from '../../sim/load-simulator.ts'
import type { Simulator } from '../../sim/load-simulator.ts'

export const GRANT = 'acme'
const administrator = 'ada.admin@legacy.example'
const door = 'Team_CLI'
/** Integrations that go on while the org is mended, each with a refresh token of its own. */
const integrations = [
  { user: 'drift.sync@legacy.example', app: 'Drift_Connector' },
  { user: 'marketing.hub@legacy.example', app: 'Marketing_Hub' },
  { user: 'billing.sync@legacy.example', app: 'Billing_Sync' },
] as const
/** Where the company's servers are. */
const address = '203.0.113.10'

export interface LegacyOrg {
  readonly folder: string
  readonly environment: NodeJS.ProcessEnv
  readonly sim: Simulator
  /** Each exchanges its refresh token once more; those that the org refuses. */
  refusedIntegrations(): Promise<readonly string[]>
  close(): Promise<void>
}

export const openLegacyOrg = async (folder: string): Promise<LegacyOrg> => {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  writeFileSync(join(folder, 'keyturn.yaml'), 'version: 1\n')
  const startSimulator = await loadSimulator()
  const sim = await startSimulator({ orgs: [await loadScenario('legacy-company')] })
  const environment = { KEYTURN_MASTER_KEY: randomBytes(32).toString('base64') }
  const keyturn = await openKeyturn(openOptions(await readSettings({}, folder, environment)))
  const { clientId, clientSecret, refreshToken } = sim.control.grant({ user: administrator, app: door })
  await keyturn.grants.add({
    ...{ name: GRANT, loginUrl: sim.url, clientId, clientSecret, refreshToken },
    flow: 'refresh_token',
  })
  await keyturn.close()
  const running = integrations.map(({ user, app }) => ({ name: app, ...sim.control.grant({ user, app }) }))
  sim.control.changeOrg({ settings: { assumedAddress: address } })
  return {
    ...{ folder, environment, sim },
    async refusedIntegrations() {
      const refused: string[] = []
      for (const { name, ...client } of running) {
        const body = new URLSearchParams({
          ...{ grant_type: 'refresh_token', refresh_token: client.refreshToken },
          ...{ client_id: client.clientId, client_secret: client.clientSecret },
        })
        const answer = await fetch(`${client.instanceUrl}/services/oauth2/token`, { method: 'POST', body })
        await answer.arrayBuffer()
        if (!answer.ok) refused.push(name)
      }
      return refused
    },
    close: () => sim.close(),
  }
}
