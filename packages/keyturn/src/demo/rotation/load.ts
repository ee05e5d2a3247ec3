/** Constant load: each caller calls again as soon as it has its answer, except while somebody moves the clock. */

interface Load {
  /** Calls so far. */
  asked(): number
  /** What callers were told instead of an answer. */
  complaints(): readonly string[]
  /** Resolves when each caller has made so many calls more. */
  turn(calls: number): Promise<void>
  /** No call is on its way when time is moved: to one it would look like an answer that took days. */
  pause(): Promise<void>
  go(): void
  stop(): Promise<void>
}

const nextMoment = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

export const underLoad = (callers: number, call: () => Promise<number>): Load => {
  const made = Array.from({ length: callers }, () => 0)
  const complaints = new Set<string>()
  let stopped = false
  let gate: { readonly opened: Promise<void>; readonly open: () => void } | null = null
  let waiting = 0
  const running = made.map(async (_, index) => {
    while (!stopped) {
      if (gate !== null) {
        waiting += 1
        await gate.opened
        waiting -= 1
      }
      const status = await call().catch((error: unknown) => (error as { code?: string }).code ?? String(error))
      if (status !== 200) complaints.add(String(status))
      made[index] = (made[index] ?? 0) + 1
    }
  })
  const go = (): void => {
    gate?.open()
    gate = null
  }
  return {
    asked: () => made.reduce((sum, calls) => sum + calls, 0),
    complaints: () => [...complaints],
    async turn(calls) {
      const until = made.map((so) => so + calls)
      while (made.some((so, index) => so < (until[index] ?? 0))) await nextMoment()
    },
    async pause() {
      const { promise, resolve } = Promise.withResolvers<void>()
      gate = { opened: promise, open: resolve }
      while (waiting < callers) await nextMoment()
    },
    go,
    async stop() {
      stopped = true
      go()
      await Promise.all(running)
    },
  }
}
