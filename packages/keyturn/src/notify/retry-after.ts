/** Retry-After (RFC 9110 §10.2.3): seconds or a date; null where there is none or it is unreadable. In ms from now. */
export const retryAfter = (headers: Readonly<Record<string, string>>, now: number): number | null => {
  const value = headers['retry-after']?.trim()
  if (value === undefined) return null
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1000
  const date = Date.parse(value)
  return Number.isNaN(date) ? null : Math.max(0, date - now)
}
