/** Moments and spans as people read them: `2026-11-22T10:00:00Z (3 min ago)`. */
const units = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'min'],
  [1000, 's'],
] as const

export const span = (ms: number): string => {
  for (const [size, unit] of units) if (Math.abs(ms) >= size) return `${Math.round(Math.abs(ms) / size)} ${unit}`
  return `${Math.round(Math.abs(ms))} ms`
}

export const stamp = (at: number): string => new Date(at).toISOString().replace(/\.\d+Z$/, 'Z')

export const moment = (at: number, now: number): string => {
  return `${stamp(at)} (${at <= now ? `${span(now - at)} ago` : `in ${span(at - now)}`})`
}
