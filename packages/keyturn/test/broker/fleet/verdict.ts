/** What callers may have seen of a fault, and what the org's oracle may say in the end. */
import type { Seen } from './crowd.ts'
import type { Program } from './stage.ts'

export interface Told {
  /** How many callers saw so many errors. */
  readonly errorsPerCaller: Readonly<Record<string, number>>
  /** What they were, and how often. */
  readonly errors: Readonly<Record<string, number>>
  readonly problems: readonly string[]
}

const retryable =
  /HTTP 50[234]|has no working access token now|ERROR_HTTP_50[234]|SERVER_UNAVAILABLE|BAD_GATEWAY|ended without an answer|temporarily_unavailable|ECONNRESET|ECONNREFUSED|UND_ERR_SOCKET|socket hang up|the replica went away|no replica/i
/** A client throws away what it has when it hears one of these. */
const terminal = /invalid_grant|invalid_client|INVALID_SESSION|INVALID_LOGIN|expired access/i

/** The same for all callers of a kind: without times, ids, ports. */
const kindOf = (text: string): string =>
  text
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME')
    .replace(/\bgrant\d+\b/g, 'GRANT')
    .replace(/127\.0\.0\.1:\d+/g, 'REPLICA')
    .slice(0, 220)

/** What the broker says in `Retry-After` while its store is out; worker.ts heeds it. */
const COME_AGAIN_MS = 5_000

interface Excuses {
  /** Grants that nobody could serve meanwhile; their callers may have been told so more than once. */
  readonly patient: ReadonlySet<string>
  /** How long every replica was out, ms: who came again as he was told may have met the same outage. */
  readonly outage: number
}

export const judgeErrors = ({ errors }: Seen, programs: readonly Program[], { patient, outage }: Excuses): Told => {
  const most = 1 + Math.floor(outage / COME_AGAIN_MS)
  const errorsPerCaller: Record<string, number> = {}
  const byText: Record<string, number> = {}
  const problems: string[] = []
  for (const { name, grant } of programs) {
    const seen = errors[name] ?? []
    const label = patient.has(grant) ? `${seen.length} (grant without a spare in doubt)` : String(seen.length)
    errorsPerCaller[label] = (errorsPerCaller[label] ?? 0) + 1
    if (seen.length > most && !patient.has(grant))
      problems.push(`${name} of ${grant} saw ${seen.length} errors: ${seen.map(kindOf).join(' | ')}`)
    for (const text of seen) {
      const kind = kindOf(text)
      byText[kind] = (byText[kind] ?? 0) + 1
      if (terminal.test(text) || !retryable.test(text)) problems.push(`${name} saw what ends a client: ${text}`)
    }
  }
  return { errorsPerCaller, errors: byText, problems }
}
