/**
 * Notices that the store does not answer, so that callers hear of it at once. A database driver is patient (it waits out
 * a failover), which is right for an exchange whose answer must be kept and wrong for somebody who waits for a 503.
 *
 * Asked once a second; two seconds without any answer are an outage. What was begun goes on behind the refusal. A store
 * that answers others is busy, not away: under load our question waits in the same queue as theirs, and refusing
 * everybody because of that would make an outage of it.
 */
import { KeyturnError } from '@keyturn/tokens'
import type { Clock, Keyturn, Records, Store } from '@keyturn/tokens'
import { aroundTokens } from './around-tokens.ts'
import type { Log } from './log.ts'

interface StoreWatch {
  down(): boolean
  /** Rejects with STORE_UNAVAILABLE while the store is down, also when that begins meanwhile. */
  guard<T>(work: () => Promise<T>): Promise<T>
  /** The same for what only the store can answer: an answer shows that it is there. */
  ask<T>(work: () => Promise<T>): Promise<T>
  close(): void
}

const EVERY_MS = 1_000
const PATIENCE_MS = 2_000
/** Slept in one go; when that takes much longer it was this process that stood still, and no answer could be read. */
const LOOK_MS = 250

export const watchStore = ({
  store,
  clock,
  log,
}: {
  readonly store: Pick<Store, 'mark'>
  readonly clock: Clock
  readonly log: Log
}): StoreWatch => {
  const closing = new AbortController()
  const waiting = new Set<(error: KeyturnError) => void>()
  let down = false
  let heardAt = Number.NEGATIVE_INFINITY

  const outage = (): KeyturnError => new KeyturnError('STORE_UNAVAILABLE', 'The store does not answer')
  const turn = (to: boolean): void => {
    if (down === to) return
    down = to
    if (!to) return log.info('the store answers again')
    log.error('the store does not answer; callers get 503')
    for (const refuse of waiting) refuse(outage())
    return undefined
  }

  const look = async (): Promise<void> => {
    const over = new AbortController()
    const answered = store.mark().then(
      () => turn(false),
      () => turn(true),
    )
    const late = async (): Promise<void> => {
      for (let waited = 0; waited < PATIENCE_MS;) {
        const before = clock.boot()
        await clock.sleep(Math.min(LOOK_MS, PATIENCE_MS - waited), over.signal)
        if (over.signal.aborted || closing.signal.aborted) return
        waited = heardAt >= before ? clock.boot() - heardAt : waited + Math.min(clock.boot() - before, 2 * LOOK_MS)
      }
      turn(true)
    }
    const watching = late()
    await answered
    over.abort()
    await watching
  }
  const run = async (): Promise<void> => {
    while (!closing.signal.aborted) {
      await look()
      await clock.sleep(EVERY_MS, closing.signal)
    }
  }
  void run()

  const guard = <T>(work: () => Promise<T>): Promise<T> => {
    if (down) return Promise.reject(outage())
    return new Promise((resolve, reject) => {
      waiting.add(reject)
      work().then(
        (found) => {
          waiting.delete(reject)
          resolve(found)
        },
        (error: unknown) => {
          waiting.delete(reject)
          reject(error instanceof Error ? error : outage())
        },
      )
    })
  }

  return {
    down: () => down,
    guard,
    ask: (work) =>
      guard(async () => {
        const found = await work()
        heardAt = clock.boot()
        return found
      }),
    close: () => closing.abort(),
  }
}

/** The same Keyturn for what answers callers: what it would ask the store is refused at once while the store is down. */
export const watched = (keyturn: Keyturn, { guard, ask }: StoreWatch): Keyturn => {
  const { store } = keyturn
  const { records } = store
  const guarded: Records = {
    get: (...args) => ask(() => records.get(...args)),
    list: (...args) => ask(() => records.list(...args)),
    put: (...args) => ask(() => records.put(...args)),
    putAll: (...args) => ask(() => records.putAll(...args)),
    remove: (...args) => ask(() => records.remove(...args)),
    secret: (...args) => ask(() => records.secret(...args)),
  }
  return {
    ...aroundTokens(keyturn, (_name, work) => guard(work)),
    grants: {
      ...keyturn.grants,
      list: (options) => guard(() => keyturn.grants.list(options)),
      show: (name) => guard(() => keyturn.grants.show(name)),
    },
    store: {
      ...store,
      records: guarded,
      version: () => ask(async () => store.version()),
      now: () => ask(() => store.now()),
      grant: (name) => ask(() => store.grant(name)),
      grantById: (id) => ask(() => store.grantById(id)),
      grants: (options) => ask(() => store.grants(options)),
      snapshot: (grantId, names) => ask(() => store.snapshot(grantId, names)),
    },
  }
}
