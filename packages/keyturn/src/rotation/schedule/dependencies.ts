/** `after:` of schedules: what turns first, and names that wait for each other. */
type Afters = ReadonlyMap<string, readonly string[]>

/** Names of a circle, in its order, such as `a b a`; null: there is none. */
export const circleIn = (afters: Afters): readonly string[] | null => {
  const done = new Set<string>()
  const look = (name: string, path: readonly string[]): readonly string[] | null => {
    const seen = path.indexOf(name)
    if (seen >= 0) return [...path.slice(seen), name]
    if (done.has(name)) return null
    for (const one of afters.get(name) ?? []) {
      const found = look(one, [...path, name])
      if (found !== null) return found
    }
    done.add(name)
    return null
  }
  for (const name of afters.keys()) {
    const found = look(name, [])
    if (found !== null) return found
  }
  return null
}

/** Each after all it waits for, otherwise in the order they came. */
export const inOrder = (afters: Afters): readonly string[] => {
  const ordered = new Set<string>()
  const place = (name: string, path: ReadonlySet<string>): void => {
    // The configuration was checked: a circle here would be a defect, and must not hang a round.
    if (ordered.has(name) || path.has(name)) return
    for (const one of afters.get(name) ?? []) if (afters.has(one)) place(one, new Set([...path, name]))
    ordered.add(name)
  }
  for (const name of afters.keys()) place(name, new Set())
  return [...ordered]
}
