/** One thing the doctor looked at: how it is, what that means, and what to do. */
export type Health = 'ok' | 'warning' | 'bad' | 'unknown'

export interface Check {
  /** `store.file-mode`, `grant.acme`, … */
  readonly name: string
  readonly health: Health
  readonly text: string
  readonly fix: string | null
}

export const check = (name: string, health: Health, text: string, fix: string | null = null): Check => ({
  name,
  health,
  text,
  fix,
})
