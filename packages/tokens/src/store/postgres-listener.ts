/** Wakes who waits for the commits of others: by LISTEN, and by looking now and then where that does not work. */
import { countdown, pause } from './patience.ts'
import { keepSession } from './postgres-session.ts'
import type { Session } from './postgres-session.ts'

/** Between two looks at the commit counter where LISTEN does not work, ms. */
const pollEvery = 250

export const channel = 'keyturn'

interface Listener {
  changed(ms: number): Promise<void>
  /** Wakes everybody, for the last time. */
  end(): Promise<void>
}

interface ListenerParts {
  readonly url: string
  readonly describe: string
  /** The session whose commits are not news. */
  readonly own: () => Promise<Session>
  /** Asked around the beginning of listening. */
  readonly version: () => Promise<string>
}

export const createListener = ({ url, describe, own, version }: ListenerParts): Listener => {
  const waiting = new Set<() => void>()
  let listening: Session | null = null
  let ended = false
  const wakeAll = (): void => {
    for (const wake of waiting) wake()
  }

  const session = keepSession(url, describe, async (fresh) => {
    fresh.client.on('end', wakeAll)
    fresh.client.on('notification', ({ processId }) => {
      void own().then((mine) => mine.processId !== processId && wakeAll(), wakeAll)
    })
    await fresh.client.query(`LISTEN ${channel}`)
    listening = fresh
  })

  const poll = async (before: string, left: () => number): Promise<void> => {
    while (!ended && left() > 0) {
      await pause(Math.min(pollEvery, left()))
      if ((await version().catch(() => before)) !== before) return
    }
  }

  return {
    changed: async (ms) => {
      const left = countdown(ms)
      const over = new AbortController()
      const woken = new Promise<void>((resolve) => {
        waiting.add(resolve)
        over.signal.addEventListener('abort', () => waiting.delete(resolve))
      })
      try {
        const heardAlready = listening !== null && !listening.lost()
        const before = heardAlready ? null : await version().catch(() => '')
        const heard = await session.get().catch(() => null)
        if (heard === null) return await poll(before ?? '', left)
        // What was committed until now may have gone unheard.
        if (before !== null && (await version().catch(() => before)) !== before) return
        await Promise.race([woken, pause(left(), over.signal)])
      } finally {
        over.abort()
      }
    },
    end: async () => {
      ended = true
      wakeAll()
      await session.end()
    },
  }
}
