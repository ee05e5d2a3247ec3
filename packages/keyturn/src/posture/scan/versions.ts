/** Versions as numbers, and what a range can mean. Of no use for ordering pre-releases: `9.2.0-beta` counts as before. */
type Numbers = readonly [number, number, number]

/** `1.2.3`, `v1.2`, `8`; null: no version. */
const numbersOf = (version: string): Numbers | null => {
  const [, major, minor = '0', patch = '0'] = /^[v=\s]*(\d{1,9})(?:\.(\d{1,9}))?(?:\.(\d{1,9}))?/.exec(version) ?? []
  return major === undefined ? null : [Number(major), Number(minor), Number(patch)]
}

const compare = (a: Numbers, b: Numbers): number => a[0] - b[0] || a[1] - b[1] || a[2] - b[2]

/** Null: nobody can tell. */
export const isBefore = (version: string, limit: string): boolean | null => {
  const [one, other] = [numbersOf(version), numbersOf(limit)]
  if (one === null || other === null) return null
  const order = compare(one, other)
  return order < 0 || (order === 0 && version.includes('-'))
}

/** The least version that is no longer within the range; null: open upwards, or nobody can tell. */
const endOf = (range: string): Numbers | null => {
  const text = range.trim()
  // Alternatives and several bounds: only one simple bound is understood.
  const below = /(?:^|[\s,])<\s*(\d[\w.]*)\s*$/.exec(text)?.[1]
  if (below !== undefined) return numbersOf(below)
  if (/\|\||\s-\s|[*]/.test(text) || text.includes(',')) return null
  const [, sign = '', version = ''] = /^(\^|~>|~=|~|==|=|)\s*(\d[\w.]*)/.exec(text) ?? []
  const at = numbersOf(version)
  if (at === null) return null
  const [major, minor, patch] = at
  const parts = version.split('.').length
  if (sign === '^') return major > 0 ? [major + 1, 0, 0] : [0, minor + 1, 0]
  if (sign === '~') return parts === 1 ? [major + 1, 0, 0] : [major, minor + 1, 0]
  if (sign === '~>' || sign === '~=') return parts <= 2 ? [major + 1, 0, 0] : [major, minor + 1, 0]
  return parts === 1 && sign === '' ? [major + 1, 0, 0] : [major, minor, patch + 1]
}

/** Whether everything a range allows is before the limit, or nothing is; null: some, or nobody can tell. */
export const rangeIsBefore = (range: string, limit: string): boolean | null => {
  const border = numbersOf(limit)
  if (border === null) return null
  const end = endOf(range)
  if (end !== null && compare(end, border) <= 0) return true
  const from = /^(?:\^|~>|~=|~|==|=|>=|)\s*(\d[\w.]*)/.exec(range.trim())?.[1]
  const least = from === undefined || /\|\|/.test(range) ? null : numbersOf(from)
  return least !== null && compare(least, border) >= 0 ? false : null
}
