/**
 * One copy of each text: a hundred thousand rows name the same few users, apps and clients, and a text that was read from
 * a page of JSON, or cut out of a longer one, keeps that in memory.
 */
type Intern = <T extends string | null>(text: T) => T

export const createIntern = (): Intern => {
  const known = new Map<string, string>()
  return (text) => {
    if (text === null) return text
    const had = known.get(text)
    if (had !== undefined) return had as typeof text
    known.set(text, text)
    return text
  }
}
