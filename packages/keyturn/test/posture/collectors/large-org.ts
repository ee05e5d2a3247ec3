/** A process of its own for a large simulated org: it says by one message where it is and which grant may look at it. */
import { scale, startSimulator } from '@keyturn/simulator'

const spec = scale({
  users: 10_000,
  apps: 500,
  tokens: 60_000,
  permissionSets: 3000,
  loginRows: 500_000,
  auditRows: 20_000,
  settings: { latencyMs: 20, dailyApiRequests: 5_000_000 },
})
const app = { name: 'Auditor_Web', callbacks: ['http://localhost:1717/OauthRedirect'] }
const sim = await startSimulator({ seed: 'large', orgs: [{ ...spec, apps: [app] }] })
const { clientId, clientSecret, refreshToken } = sim.control.grant({ user: 'admin@scale.example', app: app.name })
process.send?.({ url: sim.url, clientId, clientSecret, refreshToken })
process.once('disconnect', () => void sim.close().then(() => process.exit(0)))
