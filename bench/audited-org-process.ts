/** A large simulated org in a process of its own; BENCH_SIZE=small makes it a middling one. Each call takes 20 ms. */
import { scale, startSimulator } from '@keyturn/simulator'
import type { ReadyGrant } from '@keyturn/simulator'

export interface AuditedOrg {
  readonly url: string
  readonly grant: Pick<ReadyGrant, 'clientId' | 'clientSecret' | 'refreshToken'>
}

const large = { users: 10_000, apps: 500, tokens: 60_000, permissionSets: 3000, loginRows: 500_000, auditRows: 20_000 }
const middling = { users: 500, apps: 50, tokens: 3000, permissionSets: 200, loginRows: 10_000, auditRows: 1000 }

const spec = scale({
  ...(process.env['BENCH_SIZE'] === 'small' ? middling : large),
  settings: { latencyMs: 20, dailyApiRequests: 5_000_000 },
})
const app = { name: 'Auditor_Web', callbacks: ['http://localhost:1717/OauthRedirect'] }
const sim = await startSimulator({ seed: 'large', orgs: [{ ...spec, apps: [app] }] })
const { clientId, clientSecret, refreshToken } = sim.control.grant({ user: 'admin@scale.example', app: app.name })
process.send?.({ url: sim.url, grant: { clientId, clientSecret, refreshToken } } satisfies AuditedOrg)
process.once('disconnect', () => void sim.close().then(() => process.exit(0)))
