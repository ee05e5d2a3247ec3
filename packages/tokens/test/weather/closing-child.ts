/** A process that asks for a token and then ends in one of the ways processes end. Prints what it got. */
import { openKeyturn } from '../../src/index.ts'
import { followClock } from '../survival/follow-clock.ts'
import type { WorkerSetup } from '../survival/scene.ts'

const setup = JSON.parse(process.env.SURVIVAL_SETUP ?? '{}') as WorkerSetup & {
  readonly end: 'close' | 'exit' | 'nothing'
  /** Ends while the exchange is on the wire, when the parent says so. */
  readonly early: boolean
}
const keyturn = await openKeyturn({
  store: setup.store,
  masterKey: 'env:SURVIVAL_KEY',
  stateFolder: setup.stateFolder,
  clock: followClock(setup.clockFile),
  limits: { ...setup.limits, read: 3_600_000 },
})
const asking = keyturn.token('g').then(
  () => 'ok',
  (error: unknown) => (error as { code?: string }).code ?? String(error),
)
const end = async (): Promise<void> => {
  if (setup.end === 'close') await keyturn.close()
  if (setup.end === 'exit') process.exit(0)
}
if (setup.early) {
  process.on('message', () => {
    process.disconnect()
    void end()
  })
  process.send?.('asking')
}
console.log(await asking)
if (!setup.early) {
  process.disconnect()
  await end()
}
