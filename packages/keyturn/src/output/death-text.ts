/** What a grant died of, as people read it: the verdict, how sure it is, and the evidence with its ledger numbers. */
import { stamp } from './moment.ts'
import { terminalText } from './terminal-text.ts'

interface Told {
  readonly verdict: string
  readonly certainty: string
  readonly text: string
  readonly evidence: readonly { readonly at: number; readonly text: string; readonly entry: number | null }[]
}

const titles: Readonly<Record<string, string>> = {
  'own-attempt': 'What it died of: an attempt or a copy of our own',
  'known-cause': 'What it died of: a known cause at Salesforce',
  'somebody-else': 'ALARM: somebody else used this token',
  undetermined: 'What it died of: not determined',
}

export const deathText = ({ verdict, certainty, text, evidence }: Told): string =>
  [
    `${titles[verdict] ?? verdict} (${certainty}).`,
    terminalText(text),
    ...evidence.map(
      ({ at, text: said, entry }) =>
        `  ${stamp(at)}  ${entry === null ? 'Salesforce' : `ledger ${entry}`}  ${terminalText(said)}`,
    ),
  ].join('\n')
