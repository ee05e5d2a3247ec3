/** The other side of org.ts. */
import { startSimulator } from '@keyturn/simulator'

const sim = await startSimulator({ seed: 'bench' })
sim.control.changeApp({ app: 'Web', settings: { rotation: true, maxApprovals: 100_000 } })

const verbs: Readonly<Record<string, (data: unknown) => unknown>> = {
  grant: (app) => sim.control.grant({ user: 'integration@acme.example', app: String(app) }),
  grants: (count) =>
    Array.from({ length: Number(count) }, () => sim.control.grant({ user: 'integration@acme.example', app: 'Web' })),
  expire: () => sim.control.expireAccessTokens(),
  exchanges: () => sim.control.oracle().total.exchanges,
  latency: (ms) => {
    sim.control.removeFaults()
    if (Number(ms) > 0)
      sim.control.addFault({ match: { endpoint: 'token' }, count: 'forever', action: { delayAfterMs: Number(ms) } })
  },
}

process.on('message', ({ id, verb, data }: { id: number; verb: string; data: unknown }) => {
  process.send?.({ id, data: verbs[verb]?.(data) ?? null })
})
process.on('disconnect', () => void sim.close().then(() => process.exit(0)))
process.send?.({ url: sim.url })
