/** So many at once; the others wait in the order in which they came. Resolves with what gives the place back. */
export const limiter = (most: number): (() => Promise<() => void>) => {
  const waiting: (() => void)[] = []
  let inside = 0
  return async () => {
    if (inside >= most) await new Promise<void>((resolve) => waiting.push(resolve))
    else inside += 1
    let given = false
    return () => {
      if (given) return
      given = true
      const next = waiting.shift()
      if (next === undefined) inside -= 1
      else next()
    }
  }
}
