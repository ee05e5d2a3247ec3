/** A process that asks for one token, and stops itself (SIGSTOP) between claim and first byte when it is told to. */
import { writeSync } from 'node:fs'
import { assemble, openParts } from '../../src/keyturn.ts'
import type { Store } from '../../src/store/store.ts'
import { followClock } from '../survival/follow-clock.ts'
import type { WorkerSetup } from '../survival/scene.ts'

const setup = JSON.parse(process.env.SURVIVAL_SETUP ?? '{}') as WorkerSetup & { readonly stopBeforeSending: boolean }
const options = {
  store: setup.store,
  masterKey: 'env:SURVIVAL_KEY',
  stateFolder: setup.stateFolder,
  clock: followClock(setup.clockFile),
  limits: setup.limits,
}
const parts = await openParts(options)
let stops = setup.stopBeforeSending ? 1 : 0
const store: Store = {
  ...parts.store,
  look: async (grantId) => {
    const seen = await parts.store.look(grantId)
    // Everything was checked and is in order: now the machine sleeps.
    if (stops-- > 0) process.kill(process.pid, 'SIGSTOP')
    return seen
  },
}
const keyturn = await assemble({ ...parts, store }, options)
const end = await keyturn.token('g').then(
  () => 'ok',
  (error: unknown) => (error as { code?: string }).code ?? String(error),
)
writeSync(1, `${end}\n`)
await keyturn.close()
