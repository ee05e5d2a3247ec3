/** `30s`, `5m`, `25d`, or milliseconds. */
import * as z from 'zod'

const units = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/** Null: that is none. */
export const readDuration = (text: string): number | null => {
  const match = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)$/.exec(text.trim())
  return match?.[1] === undefined || match[2] === undefined
    ? null
    : Number(match[1]) * units[match[2] as keyof typeof units]
}

export const duration = z
  .union([z.number(), z.string()])
  .transform((value, context) => {
    const read = typeof value === 'number' ? value : readDuration(value)
    if (read !== null) return read
    context.issues.push({ code: 'custom', message: 'is no duration: write 500ms, 30s, 5m, 2h or 25d', input: value })
    return z.NEVER
  })
  .pipe(z.number().positive())
