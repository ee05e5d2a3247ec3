/**
 * What an audit is asked and what it answers, as plain data: it runs in a thread of its own (`audit-thread.ts`), whose
 * heap has a limit.
 */
import type { Severity, ProfileName } from '../posture/control.ts'
import type { FormatName } from '../posture/audit/formats/format.ts'
import type { Outcome } from '../posture/audit/outcome.ts'
import type { ErrorCode, Loggable } from '@keyturn/tokens'
import type { SettingFlags } from '../settings.ts'

export interface AuditTask {
  /** A grant, or what was read earlier. Paths are absolute. */
  readonly of: { readonly is: 'org'; readonly grant: string } | { readonly is: 'snapshot'; readonly path: string }
  readonly cwd: string
  /** Of the thread’s heap. */
  readonly megabytes: number
  readonly settings: SettingFlags
  readonly profile: ProfileName
  readonly only: readonly string[]
  readonly save: string | null
  readonly compare: readonly string[]
  readonly waivers: string | null
  readonly formats: readonly FormatName[]
  /** Files instead of stdout. */
  readonly output: string | null
  /** All of it as JSON, with the outcome. */
  readonly json: boolean
  readonly screen: { readonly isTTY: boolean; readonly width: number | null }
  readonly failOn: Severity | null
  readonly failOnUnknown: boolean
}

export interface AuditDone {
  readonly outcome: Outcome
}

interface ThrownInThread {
  readonly code: ErrorCode
  readonly message: string
  readonly fix: string
  readonly data: { readonly [key: string]: Loggable }
  readonly stack: string
}

export type FromAudit =
  | { readonly is: 'progress'; readonly text: string }
  /** For stdout, as it comes. */
  | { readonly is: 'text'; readonly text: string }
  | { readonly is: 'done'; readonly done: AuditDone }
  | { readonly is: 'failed'; readonly error: ThrownInThread }
