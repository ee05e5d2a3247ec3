/** Works on all of them, so many at once, until there is none left, somebody says stop, or one throws. */
export const pool = async <T>(
  items: readonly T[],
  limit: number,
  work: (item: T) => Promise<void>,
  stop: () => boolean = () => false,
): Promise<void> => {
  let next = 0
  let broken = false
  const worker = async (): Promise<void> => {
    while (!broken && !stop()) {
      const item = items[next]
      next += 1
      if (item === undefined) return
      try {
        await work(item)
      } catch (error) {
        broken = true
        throw error
      }
    }
  }
  const ended = await Promise.allSettled(Array.from({ length: Math.min(limit, items.length) }, worker))
  for (const one of ended) if (one.status === 'rejected') throw one.reason
}
