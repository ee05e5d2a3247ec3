/** What a report says in words, the same in Markdown and HTML. */
import { span } from '../../output/moment.ts'
import type { RunReport } from './run-report.ts'

export const outcomes: Readonly<Record<RunReport['state'], string>> = {
  planned: 'Planned; nothing was changed yet.',
  staged: 'Under way: the new value is stored and not in use.',
  verified: 'Under way: the new value was proved by a login.',
  distributed: 'Under way: every destination has the new value.',
  active: 'Under way: the new value is in use.',
  draining: 'Under way: the new value is in use; the old one still works until nobody uses it.',
  retired: 'Done: the new value is in use; how the old one ended stands below.',
  'waiting-for-person': 'Waits for a person.',
  halted: 'Halted: only a person can say how to go on.',
  'rolling-back': 'Is being taken back.',
  'rolled-back': 'Taken back: the value from before is in use.',
  abandoned: 'Abandoned: which value works is not known; both are kept.',
}

export const exposureText = ({ exposed }: RunReport): readonly string[] =>
  exposed.length === 0
    ? ['At no time was it unsure which value works.']
    : exposed.map(
        ({ what, from, ms }) => `${what}: ${ms === null ? `open since ${from}` : `${span(ms)}, from ${from}`}`,
      )

const said = (text: string, confirmed: boolean): string => (confirmed ? text : `${text} (not what the ledger holds)`)

export const headRows = (report: RunReport): readonly (readonly [string, string])[] => [
  ['Credential', `${report.credential} (${report.title})`],
  ['Outcome', outcomes[report.state]],
  ['Asked for by', said(report.who, report.confirmed.who)],
  ['Reason', said(report.why, report.confirmed.why)],
  ['Began', report.startedAt],
  ['Ended', report.finishedAt === null ? 'not yet' : `${report.finishedAt}, after ${span(report.tookMs ?? 0)}`],
  ['Version', `${report.versions.from ?? 'none kept'} → ${report.versions.to}`],
  ['Old version', oldVersion(report)],
]

const oldVersion = ({ state, drain, steps, versions }: RunReport): string => {
  if (state === 'rolled-back') return versions.from === null ? 'in use, as before; not kept here' : 'in use, as before'
  if (state === 'abandoned') return 'not known; kept'
  if (state !== 'retired') return drain ?? 'not ended yet'
  return [drain, steps.at(-1)?.note].filter((one) => one != null).join('; ')
}

export const verifyText = (report: RunReport): string =>
  `Each entry's hash covers the one before it; a step's entry holds a keyed commitment to what was found. To check that nobody changed them: keyturn ledger verify, on the store ${report.ledger.store} or on its export.`
