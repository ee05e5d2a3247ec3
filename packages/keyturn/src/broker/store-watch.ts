/**
 * Notices that the store does not answer, so that callers hear of it at once. A database driver is patient (it waits out
 * a failover), which is right for an exchange whose answer must be kept and wrong for somebody who waits for a 503.
 *
 * Asked once a second; two seconds without an answer are an outage. What was begun goes on behind the refusal.
 */
import { KeyturnError } from '@keyturn/tokens'
import type { Clock, Keyturn, Records, Store } from '@keyturn/tokens'
import type { Log } from './log.ts'

export interface StoreWatch {
  down(): boolean
  /** Rejects with STORE_UNAVAILABLE while the store is down, also when that begins meanwhile. */
  guard<T>(work: () => Promise<T>): Promise<T>
  close(): void
}

const EVERY_MS = 1_000
const PATIENCE_MS = 2_000

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
    const late = clock.sleep(PATIENCE_MS, over.signal).then(() => {
      if (!over.signal.aborted && !closing.signal.aborted) turn(true)
    })
    await answered
    over.abort()
    await late
  }
  const run = async (): Promise<void> => {
    while (!closing.signal.aborted) {
      await look()
      await clock.sleep(EVERY_MS, closing.signal)
    }
  }
  void run()

  return {
    down: () => down,
    guard: (work) => {
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
    },
    close: () => closing.abort(),
  }
}

/** The same Keyturn for what answers callers: what it would ask the store is refused at once while the store is down. */
export const watched = (keyturn: Keyturn, { guard }: StoreWatch): Keyturn => {
  const { store } = keyturn
  const { records } = store
  const guarded: Records = {
    get: (...args) => guard(() => records.get(...args)),
    list: (...args) => guard(() => records.list(...args)),
    put: (...args) => guard(() => records.put(...args)),
    putAll: (...args) => guard(() => records.putAll(...args)),
    remove: (...args) => guard(() => records.remove(...args)),
    secret: (...args) => guard(() => records.secret(...args)),
  }
  return {
    ...keyturn,
    token: (name) => guard(() => keyturn.token(name)),
    rejected: (name, generation) => guard(() => keyturn.rejected(name, generation)),
    grants: {
      ...keyturn.grants,
      list: (options) => guard(() => keyturn.grants.list(options)),
      show: (name) => guard(() => keyturn.grants.show(name)),
    },
    fetch: (name, path, init) => guard(() => keyturn.fetch(name, path, init)),
    store: {
      ...store,
      records: guarded,
      version: () => guard(async () => store.version()),
      now: () => guard(() => store.now()),
      grant: (name) => guard(() => store.grant(name)),
      grantById: (id) => guard(() => store.grantById(id)),
      grants: (options) => guard(() => store.grants(options)),
      snapshot: (grantId, names) => guard(() => store.snapshot(grantId, names)),
    },
  }
}
