/** What a watch says, on a terminal. */
import type { Paint } from '../output/colour.ts'
import { moment } from '../output/moment.ts'
import { table } from '../output/table.ts'
import { shownText } from '../posture/audit/shown-text.ts'
import type { WatchState } from '../posture/rtr/watch.ts'

const words = {
  proved: 'refreshed twice: proved',
  seen: 'seen',
  refused: 'REFUSED',
  'dead-before': 'dead before',
} as const

/** One line for the time being. */
export const watchLine = ({ clients, lostTokens, failed }: WatchState): string => {
  const proved = clients.filter(({ state }) => state === 'proved').length
  return `${clients.length} seen, ${proved} proved${failed ? `, ${clients.filter(({ state }) => state === 'refused').length} refused, ${lostTokens.length} lost tokens` : ''}`
}

export const watchLines = (
  { clients, lostTokens, overlaps, failed, blind, since, at }: WatchState,
  { paint, width }: { readonly paint: Paint; readonly width: number | undefined },
): readonly string[] => [
  failed
    ? paint('red', `✗ Clients lose access since ${moment(since, at)}:`)
    : `${paint('green', '✓')} Nobody was refused since ${moment(since, at)}.`,
  ...(clients.length === 0
    ? ['No client of the app was seen since: that it lives is not shown yet.']
    : table(
        clients,
        [
          { title: 'CLIENT', of: ({ program }) => shownText(program, 60) },
          { title: 'USER', of: ({ user }) => shownText(user, 80) },
          { title: 'SINCE', of: ({ state }) => words[state] },
          { title: 'WORKED', of: ({ worked }) => worked, right: true, spared: 1 },
          { title: 'REFUSED', of: ({ refused }) => refused, right: true },
          {
            title: 'IN THE ORG’S WORDS',
            of: ({ status }) => (status === null ? null : shownText(status, 80)),
            spared: 2,
          },
        ],
        width,
      ).split('\n')),
  ...lostTokens.map(
    ({ user, before, now }) =>
      `  ${shownText(user, 80)} had ${before} refresh ${before === 1 ? 'token' : 'tokens'} and has ${now}`,
  ),
  ...(overlaps === 0
    ? []
    : [`  ${overlaps} requests overlapped: harmless, and a sign of a client that doesn’t wait for itself`]),
  ...blind.map((text) => `  Not seen: ${text}`),
]
