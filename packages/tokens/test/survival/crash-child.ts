/**
 * A process that asks for one token and dies where its parent wants: at a named step of the exchange, or whenever the
 * parent (who holds the server's answer at a byte) sends the signal.
 */
import { assemble, openParts, type Parts } from '../../src/keyturn.ts'
import type { Journal } from '../../src/journal/journal.ts'
import type { Store } from '../../src/store/store.ts'
import { followClock } from './follow-clock.ts'
import type { WorkerSetup } from './scene.ts'

const setup = JSON.parse(process.env.SURVIVAL_SETUP ?? '{}') as WorkerSetup & {
  readonly dieAt: string | null
  readonly grant: string
}

/** `STEP:before` or `STEP:after`; SIGKILL can't be caught, so nothing below it runs. */
const reach = (step: string): void => {
  if (setup.dieAt === step) process.kill(process.pid, 'SIGKILL')
}

const around = async <T>(step: string, work: () => Promise<T>): Promise<T> => {
  reach(`${step}:before`)
  const result = await work()
  reach(`${step}:after`)
  return result
}

const deadly = (parts: Parts): Parts => {
  const store: Store = {
    ...parts.store,
    // Several events are one transaction, named by the last: reports come before the claim they justify.
    apply: (grantId, event, puts) =>
      around(('type' in event ? event : event.at(-1))?.type ?? '', () => parts.store.apply(grantId, event, puts)),
    look: (grantId) => around('look', () => parts.store.look(grantId)),
  }
  const journal: Journal = {
    ...parts.journal,
    ready: () => around('journal-ready', () => parts.journal.ready()),
    sending: (record, options) => around('journal-sending', () => parts.journal.sending(record, options)),
    answer: (name) => {
      const log = parts.journal.answer(name)
      return {
        ...log,
        chunk: (bytes) => {
          log.chunk(bytes)
          // Told when it is on the disk, so that the parent knows what must not be lost.
          void log.flushed().then(() => process.send?.({ kept: bytes.length }))
        },
        flushed: () => around('journal-answer', () => log.flushed()),
      }
    },
    finished: (attempt) => around('journal-finished', () => parts.journal.finished(attempt)),
  }
  return { ...parts, store, journal }
}

const options = {
  store: setup.store,
  masterKey: 'env:SURVIVAL_KEY',
  stateFolder: setup.stateFolder,
  clock: followClock(setup.clockFile),
  limits: { ...setup.limits, wait: 60_000, read: 120_000, send: 60_000 },
}
const keyturn = await assemble(deadly(await openParts(options)), options)
process.send?.({ ready: true })
process.on('message', () => {
  keyturn.token(setup.grant).then(
    () => process.send?.({ ended: 'ok' }),
    (error: unknown) => process.send?.({ ended: String(error) }),
  )
})
