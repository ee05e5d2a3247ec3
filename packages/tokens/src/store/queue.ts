/** One at a time, in order: a process has one writing transaction open, the others wait here and not in the database. */
type Queue = <T>(work: () => Promise<T>) => Promise<T>

export const createQueue = (): Queue => {
  let last: Promise<unknown> = Promise.resolve()
  return (work) => {
    const mine = last.then(work, work)
    last = mine.catch(() => undefined)
    return mine
  }
}
