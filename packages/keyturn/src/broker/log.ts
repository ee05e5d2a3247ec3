/**
 * Structured logs: one JSON object a line, in pino's shape (`level`, `time`, `msg`), because that is what log shippers
 * know. A value is `Loggable`, so a `Secret` can't be one, and nothing of a request but what is named goes in.
 */
import type { Clock, Loggable } from '@keyturn/tokens'

export const levels = { debug: 20, info: 30, warn: 40, error: 50 } as const
export type Level = keyof typeof levels

export type LogFields = Readonly<Record<string, Loggable>>

export interface Log {
  debug(message: string, fields?: LogFields): void
  info(message: string, fields?: LogFields): void
  warn(message: string, fields?: LogFields): void
  error(message: string, fields?: LogFields): void
}

export interface LogOptions {
  readonly clock: Clock
  readonly level: Level | 'silent'
  readonly write: (line: string) => void
}

export const openLog = ({ clock, level, write }: LogOptions): Log => {
  const least = level === 'silent' ? Number.POSITIVE_INFINITY : levels[level]
  const at =
    (name: Level) =>
    (msg: string, fields: LogFields = {}): void => {
      if (levels[name] < least) return
      write(`${JSON.stringify({ level: levels[name], time: clock.wall(), ...fields, msg })}\n`)
    }
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
}
