/**
 * Requests in flight: Salesforce refuses a second token request while the first with the same refresh token runs.
 *
 * The lock is held from arrival until the answer has left (or its connection is gone), so everything a fault adds to a
 * request widens the window, as a slow server would.
 */
export interface Locks {
  /** A function that gives the lock back, or undefined where somebody else holds it. */
  take(key: string): (() => void) | undefined
  held(): readonly string[]
}

export function createLocks(): Locks {
  const held = new Set<string>()
  return {
    take: (key) => {
      if (held.has(key)) return undefined
      held.add(key)
      let given = false
      return () => {
        if (!given) held.delete(key)
        given = true
      }
    },
    held: () => [...held],
  }
}
