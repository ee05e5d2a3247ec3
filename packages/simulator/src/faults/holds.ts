/**
 * Requests that a fault holds until a test releases them, and tests that wait for a request to be held.
 *
 * This is how a client is killed at an exact moment: hold at a position, wait until held, SIGKILL, release.
 */
export interface Held {
  readonly id: number
  readonly fault: string
  readonly request: number
  readonly org: string
  readonly endpoint: string
  readonly where: string
}

export interface Holds {
  hold(held: Omit<Held, 'id'>): Promise<void>
  list(): readonly Held[]
  /** Resolves as soon as `count` requests are held (by that fault), or with what there is when time is up. */
  wait(of: {
    readonly fault?: string | undefined
    readonly count?: number | undefined
    readonly timeoutMs?: number | undefined
  }): Promise<readonly Held[]>
  /** By hold id, fault id or name; without one, all of them. */
  release(which?: number | string): number
}

export function createHolds(): Holds {
  const held = new Map<number, { readonly held: Held; readonly free: () => void }>()
  const watchers = new Set<() => void>()
  let made = 0
  const list = (): readonly Held[] => [...held.values()].map((one) => one.held)
  return {
    list,
    hold: (what) =>
      new Promise((resolve) => {
        const id = ++made
        held.set(id, { held: { ...what, id }, free: resolve })
        for (const watcher of watchers) watcher()
      }),
    wait: ({ fault, count = 1, timeoutMs = 10_000 }) =>
      new Promise((resolve) => {
        const matching = (): readonly Held[] => list().filter((one) => fault === undefined || one.fault === fault)
        const finish = (): void => {
          clearTimeout(timer)
          watchers.delete(look)
          resolve(matching())
        }
        const look = (): void => {
          if (matching().length >= count) finish()
        }
        const timer = setTimeout(finish, timeoutMs)
        watchers.add(look)
        look()
      }),
    release: (which) => {
      let released = 0
      for (const [id, one] of held) {
        if (which !== undefined && which !== id && which !== one.held.fault) continue
        held.delete(id)
        released += 1
        one.free()
      }
      return released
    },
  }
}
