/**
 * One process of a fleet: asks for tokens and calls the API as long as it is told to, and reports what its callers saw.
 * Killed at any moment by its parent.
 */
import { KeyturnError, openKeyturn } from '../../src/index.ts'
import { followClock } from './follow-clock.ts'
import type { FromWorker, ToWorker, WorkerSetup } from './scene.ts'

const setup = JSON.parse(process.env.SURVIVAL_SETUP ?? '{}') as WorkerSetup
const clock = followClock(setup.clockFile)
const say = (message: FromWorker): void => void process.send?.(message)

const keyturn = await openKeyturn({
  store: setup.store,
  masterKey: 'env:SURVIVAL_KEY',
  stateFolder: setup.stateFolder,
  clock,
  limits: setup.limits,
})
keyturn.on('*', ({ type, grant }) => say({ type: 'event', event: type, grant }))

/** One caller's turn: the API's answer, or the code of the error it got. */
const call = async (grant: string): Promise<string> => {
  try {
    const { status } = await keyturn.fetch(grant, '/services/data/v66.0/sobjects/Account/describe')
    return status === 200 ? 'ok' : `http-${status}`
  } catch (error) {
    if (error instanceof KeyturnError) return error.code === 'DEFECT' ? `DEFECT ${error.stack ?? ''}` : error.code
    return `CRASH ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`
  }
}

process.on('message', (message: ToWorker) => {
  void (async () => {
    if (message.type === 'stop') {
      await keyturn.close()
      process.exit(0)
    }
    if (message.type === 'sweep') {
      await keyturn.sweep().catch((error: unknown) => say({ type: 'note', text: String(error) }))
      say({ type: 'done', round: message.round, results: {} })
      return
    }
    const results: Record<string, string[]> = {}
    const calls = message.grants.flatMap((grant) => Array.from({ length: message.callers }, () => grant))
    await Promise.all(calls.map(async (grant) => void (results[grant] ??= []).push(await call(grant))))
    say({ type: 'done', round: message.round, results })
  })()
})
say({ type: 'ready' })
