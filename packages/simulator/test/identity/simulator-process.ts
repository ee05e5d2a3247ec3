/** A simulator in a process of its own, for tests that kill it: says where it is, and goes on until it is ended. */
import { startSimulator } from '../../src/index.ts'

const sim = await startSimulator({ seed: 's', directory: process.argv[2] ?? '' })
process.send?.({ url: sim.url, grant: sim.control.grant({ user: 'integration@acme.example', app: 'Web' }) })
