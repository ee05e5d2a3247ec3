/** The word somebody probably meant. */
const distance = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (const [i, left] of Array.from(a).entries()) {
    const next = [i + 1]
    for (const [j, right] of Array.from(b).entries()) {
      next.push(Math.min((next[j] ?? 0) + 1, (row[j + 1] ?? 0) + 1, (row[j] ?? 0) + (left === right ? 0 : 1)))
    }
    row = next
  }
  return row[b.length] ?? 0
}

/** Case, dashes and underscores aside; null when nothing is near. */
export const nearest = (word: string, known: readonly string[], furthest = 3): string | null => {
  const plain = (text: string): string => text.toLowerCase().replaceAll(/[_-]/g, '')
  if (word.length > 60) return null
  const [best] = known
    .map((candidate) => ({ candidate, far: distance(plain(word), plain(candidate)) }))
    .sort((a, b) => a.far - b.far)
  return best !== undefined && best.far <= Math.min(furthest, Math.ceil(word.length / 2)) ? best.candidate : null
}
