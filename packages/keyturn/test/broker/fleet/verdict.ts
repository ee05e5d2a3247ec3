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

/** `patient`: callers of a grant that nobody could serve meanwhile; they may have been told so more than once. */
export const judgeErrors = ({ errors }: Seen, programs: readonly Program[], patient: ReadonlySet<string>): Told => {
  const errorsPerCaller: Record<string, number> = {}
  const byText: Record<string, number> = {}
  const problems: string[] = []
  for (const { name, grant } of programs) {
    const seen = errors[name] ?? []
    const label = patient.has(grant) ? `${seen.length} (grant without a spare in doubt)` : String(seen.length)
    errorsPerCaller[label] = (errorsPerCaller[label] ?? 0) + 1
    if (seen.length > 1 && !patient.has(grant))
      problems.push(`${name} of ${grant} saw ${seen.length} errors: ${seen.map(kindOf).join(' | ')}`)
    for (const text of seen) {
      const kind = kindOf(text)
      byText[kind] = (byText[kind] ?? 0) + 1
      if (terminal.test(text) || !retryable.test(text)) problems.push(`${name} saw what ends a client: ${text}`)
    }
  }
  return { errorsPerCaller, errors: byText, problems }
}
