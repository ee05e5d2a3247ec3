/** `after:` of schedules: what turns first, and names that wait for each other. No recursion: chains may be thousands long. */
type Afters = ReadonlyMap<string, readonly string[]>

interface Walked {
  /** Each after all it waits for, otherwise in the order they came. */
  readonly order: readonly string[]
  /** The first circle that was met; null: there is none. */
  readonly circle: readonly string[] | null
}

/** Depth first, by a stack of its own: a name is done when all it waits for is. */
const walk = (afters: Afters): Walked => {
  const done = new Set<string>()
  let circle: readonly string[] | null = null
  for (const root of afters.keys()) {
    const path = [{ name: root, next: 0 }]
    const open = new Set([root])
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const waits = done.has(top.name) ? undefined : afters.get(top.name)?.[top.next]
      top.next += 1
      if (waits === undefined) {
        path.pop()
        open.delete(top.name)
        done.add(top.name)
      } else if (open.has(waits)) {
        const names = path.map(({ name }) => name)
        circle ??= [...names.slice(names.indexOf(waits)), waits]
      } else if (!done.has(waits) && afters.has(waits)) {
        path.push({ name: waits, next: 0 })
        open.add(waits)
      }
    }
  }
  return { order: [...done], circle }
}

/** Names of a circle, in its order, such as `a b a`; null: there is none. */
export const circleIn = (afters: Afters): readonly string[] | null => walk(afters).circle

/** The configuration was checked: should there be a circle all the same, nobody is left out and nothing hangs. */
export const inOrder = (afters: Afters): readonly string[] => walk(afters).order
