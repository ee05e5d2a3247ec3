/**
 * What happens to the grants, as it happens, from the ledger: so a listener hears what any replica did, misses nothing
 * between two connections (the sequence number is the event's id), and can prove it later. One reader for all listeners.
 */
import type { Clock, KeyturnError, Store } from '@keyturn/tokens'
import type * as z from 'zod'
import type { Log } from '../log.ts'
import type { eventShape } from './shapes.ts'

export type TailEvent = z.input<typeof eventShape>

export interface EventTail {
  /** Calls with everything after that entry, in order, until the result is called. Null: from now on. */
  listen(after: number | null, listener: TailListener): Promise<() => void>
  /** This process committed something: the store only tells of others’ commits at once. */
  wake(): void
  /** Ends every listener. */
  close(): void
}

interface TailListener {
  heard(event: TailEvent): void
  ended(): void
}

const PAGE = 500
const LOOK_AGAIN_MS = 1_000
const AFTER_TROUBLE_MS = 2_000

export const openEventTail = ({
  store,
  clock,
  log,
}: {
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
}): EventTail => {
  const open = new Map<TailListener, { after: number }>()
  const names = new Map<string, string>()
  const closing = new AbortController()
  let reading = false
  let woken = (): void => undefined

  const nameOf = async (id: string): Promise<string | null> => {
    const known = names.get(id)
    if (known !== undefined) return known
    const name = (await store.grantById(id))?.name ?? null
    if (name !== null) names.set(id, name)
    return name
  }

  const once = async (): Promise<void> => {
    const { seq: head } = await store.mark()
    for (;;) {
      const from = Math.min(...[...open.values()].map(({ after }) => after)) + 1
      if (from > head || open.size === 0) return
      for (const { seq, at, kind, grant, data } of await store.ledger(from, PAGE)) {
        const event: TailEvent = {
          seq,
          at,
          kind,
          grant: grant === null ? null : await nameOf(grant),
          data: { ...data },
        }
        for (const [listener, place] of open) {
          if (seq <= place.after) continue
          place.after = seq
          listener.heard(event)
        }
      }
    }
  }

  const read = async (): Promise<void> => {
    while (open.size > 0 && !closing.signal.aborted) {
      try {
        // Asked before reading: what is committed meanwhile must not be slept through.
        const own = new Promise<void>((resolve) => (woken = resolve))
        const changed = Promise.race([store.changed(LOOK_AGAIN_MS), own])
        await Promise.all([once(), changed])
      } catch (error) {
        log.warn('the ledger can’t be read for listeners; trying again', {
          code: (error as Partial<KeyturnError>).code ?? 'unknown',
        })
        await clock.sleep(AFTER_TROUBLE_MS, closing.signal)
      }
    }
    reading = false
  }

  return {
    listen: async (after, listener) => {
      const place = { after: after ?? (await store.mark()).seq }
      if (closing.signal.aborted) {
        listener.ended()
        return () => undefined
      }
      open.set(listener, place)
      if (!reading) {
        reading = true
        void read()
      }
      return () => void open.delete(listener)
    },
    wake: () => woken(),
    close: () => {
      closing.abort()
      for (const listener of open.keys()) listener.ended()
      open.clear()
    },
  }
}
