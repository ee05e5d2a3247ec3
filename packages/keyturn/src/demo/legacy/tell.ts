/** The legacy part of the demo as a story: first what happens without the broker, then with it. */
import { textWidth } from '../../output/terminal-text.ts'
import type { Paint } from '../../output/colour.ts'
import type { Numbers } from '../counts.ts'
import { wrap } from '../wrap.ts'
import { SHIFTS } from './day.ts'
import type { LegacyEntry } from './day.ts'

const story = `Two jsforce programs that nobody will change: one knows user name, password and SOAP login(), which the org has switched off; the other keeps its first refresh token for ever. A day of 24 hours, ${SHIFTS} sessions end, both are started again at noon. Only the URL differs, the org's or that of keyturn serve, and a password that the broker made.`

export const legacyLines = (
  number: number,
  entries: readonly LegacyEntry[],
  width: number,
  paint: Paint,
): readonly string[] => {
  const names = Math.max(...entries.map(({ client }) => textWidth(client)))
  const mark = ({ alive }: Numbers): string => paint(alive ? 'green' : 'red', alive ? '✓' : '✗')
  const calls = ({ callsOk, callsFailed }: Numbers): string => `${callsOk} of ${callsOk + callsFailed} calls`
  const told = entries.flatMap((entry) => {
    const { client, logins, without, with: through } = entry
    const name = client + ' '.repeat(names - textWidth(client))
    const ending = without.told.length === 0 ? '' : `: ${without.told.join(', ')}`
    return [
      `   ${name}  directly    ${mark(without)} ${calls(without)}${ending}`,
      `   ${' '.repeat(names)}  the broker  ${mark(through)} ${calls(through)}, ${logins} logins at the broker`,
    ]
  })
  const sum = (of: (entry: LegacyEntry) => number): number => entries.reduce((total, entry) => total + of(entry), 0)
  const atTheOrg = `At Salesforce the broker made ${sum((entry) => entry.with.exchanges)} exchanges and sent ${sum((entry) => entry.with.reuses)} spent tokens; directly a spent token was sent ${sum((entry) => entry.without.reuses)} times.`
  const name = entries[0]?.scenario.name ?? ''
  return [
    paint('bold', `${number}  ${name}`),
    ...wrap(story, width, '   '),
    ...told,
    ...wrap(atTheOrg, width, '   '),
    '',
  ]
}
