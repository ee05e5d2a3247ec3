/** What one rotation of the demo showed: what the server counted, what the run says of itself, and what was missing. */
import type { Run } from '../../rotation/credential.ts'

export interface Turn {
  /** Its name in keyturn.yaml. */
  readonly credential: string
  readonly kind: string
  readonly state: Run['state']
  readonly wanted: 'retired' | 'rolled-back'
  /** How the value that is in use now was proved, in the words of the run. */
  readonly proof: string
  /** In which it was not sure that any value works, by the simulated clock; null: still open. */
  readonly exposedMs: number | null
  /** From what until what. */
  readonly exposed: readonly string[]
  /** For which a client outside Keyturn that holds one key could not sign in; null: there was no such time. */
  readonly oneKeyMs: number | null
  /** From the first step to the last one. */
  readonly tookMs: number
  /** What clients asked for meanwhile and afterwards, and what the server answered with 200. */
  readonly asked: number
  readonly served: number
  /** Logins that the org refused meanwhile: its servers disagree. */
  readonly refused: number
  /** What the report says went wrong. */
  readonly report: string | null
  /** What this was to show and did not, in sentences. */
  readonly problems: readonly string[]
}

export const noteOf = ({ done }: Run, step: string, back = false): string =>
  done.findLast((one) => one.step === step && one.back === back)?.note ?? ''

/** What every turn shows, read off its run. */
export const factsOf = ({ state, problem, exposed, startedAt, finishedAt }: Run) => ({
  state,
  exposedMs: exposed.reduce<number | null>(
    (sum, { from, to }) => (sum === null || to === null ? null : sum + to - from),
    0,
  ),
  exposed: [...new Set(exposed.map(({ what }) => what))],
  tookMs: (finishedAt ?? startedAt) - startedAt,
  report: problem?.text ?? null,
})

/** What is wrong with any rotation that did not end as it should, left a window open, or cost a call. */
export const problemsOf = (turn: Omit<Turn, 'problems'>, complaints: readonly string[]): readonly string[] => {
  const { state, wanted, exposedMs, asked, served, proof, report } = turn
  const found: string[] = []
  if (state !== wanted) found.push(`it ended as ${state}, not as ${wanted}${report === null ? '' : `: ${report}`}`)
  if (exposedMs === null) found.push('a window in which no value is sure to work was left open')
  if (asked === 0) found.push('nobody called meanwhile')
  if (served < asked) found.push(`${asked - served} of ${asked} calls failed`)
  found.push(...complaints.map((text) => `a caller was told ${text}`))
  if (proof === '') found.push('nothing was proved by a login')
  return found
}
