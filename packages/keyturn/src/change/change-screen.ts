/**
 * A change of an org as people see it before they agree: the diff, what the org says of it, who would be cut off, and what
 * nobody can tell. Every text of the org's is made harmless for a terminal.
 */
import type { Paint } from '../output/colour.ts'
import { span } from '../output/moment.ts'
import { table } from '../output/table.ts'
import { cutText, terminalText, wrapText } from '../output/terminal-text.ts'
import type { CarriedOut, ShownChange } from '../posture/change/carry-out.ts'
import { recordText } from '../posture/change/write-records.ts'
import { counted } from '../posture/audit/shown-text.ts'
import type { CutOff, Impact } from '../posture/impact/impact.ts'

export interface Screen {
  readonly paint: Paint
  readonly width: number | undefined
  readonly now: number
  /** How the reader starts Keyturn. */
  readonly bin: string
}

/** What fits a screen; all of it is in --json. */
const mostRows = 20
const mostLines = 200

const diffLines = (diff: string, paint: Paint): readonly string[] => {
  const lines = diff.replace(/\n$/, '').split('\n')
  const shown = lines.slice(0, mostLines).map((line) => {
    const text = terminalText(line)
    if (/^(---|\+\+\+) /.test(line)) return paint('bold', text)
    return line.startsWith('-') ? paint('red', text) : line.startsWith('+') ? paint('green', text) : text
  })
  return lines.length > mostLines ? [...shown, `… ${lines.length - mostLines} more lines (--json has them)`] : shown
}

const addressText = (addresses: readonly string[]): string =>
  addresses.length > 3 ? `${addresses.slice(0, 3).join(' ')} +${addresses.length - 3}` : addresses.join(' ')

/** One row a user, app and way; the clients of a row are counted where there are several. All apart are in --json. */
const cutOffRows = (all: readonly CutOff[]): readonly (CutOff & { readonly clients: number })[] => {
  const rows = new Map<string, CutOff & { readonly clients: number }>()
  for (const one of all) {
    const key = JSON.stringify([one.user.toLowerCase(), one.app, one.way, one.why])
    const before = rows.get(key)
    if (before === undefined) rows.set(key, { ...one, clients: 1 })
    else
      rows.set(key, {
        ...before,
        addresses: [...new Set([...before.addresses, ...one.addresses])],
        uses: before.uses + one.uses,
        last: before.last === null || one.last === null ? (before.last ?? one.last) : Math.max(before.last, one.last),
        clients: before.clients + 1,
      })
  }
  return [...rows.values()]
}

/** Reasons that several share stand once, below the table. */
const cutOffLines = (all: readonly CutOff[], { width, now }: Screen): readonly string[] => {
  const merged = cutOffRows(all)
  const shown = merged.slice(0, mostRows)
  const reasons = [...new Set(shown.map(({ why }) => why))]
  const rows = table(
    shown,
    [
      { title: 'USER', of: ({ user }) => user },
      { title: 'APP', of: ({ app }) => app },
      { title: 'WAY', of: ({ way }) => way, spared: 2 },
      {
        title: 'CLIENT',
        of: ({ client, clients }) =>
          clients > 1 ? `${clients} clients` : client === null ? null : cutText(client, 40),
        spared: 3,
      },
      { title: 'FROM', of: ({ addresses }) => (addresses.length === 0 ? null : addressText(addresses)), spared: 1 },
      { title: 'USES', of: ({ uses }) => uses, right: true },
      { title: 'LAST', of: ({ last }) => (last === null ? null : `${span(now - last)} ago`) },
      { title: 'WHY', of: ({ why }) => `(${reasons.indexOf(why) + 1})` },
    ],
    width,
  ).split('\n')
  const more = merged.length > shown.length ? [`… and ${merged.length - shown.length} more (--json has all)`] : []
  return [
    ...rows,
    ...more,
    ...reasons.map((why, index) => wrapText(`(${index + 1}) ${terminalText(why)}`, width, '    ')),
  ]
}

/** What of many changes can't be told for the same reason stands once, with the first whom it is about. */
const blindTexts = (blind: readonly string[]): readonly string[] => {
  const found = new Map<string, readonly string[]>()
  for (const one of blind) {
    const at = one.lastIndexOf(': ')
    const why = at < 0 ? one : one.slice(0, at)
    found.set(why, [...(found.get(why) ?? []), one])
  }
  const texts = [...found.values()].map((same) =>
    same.length === 1 ? (same[0] ?? '') : `${same[0] ?? ''} (and so of ${same.length - 1} more changes)`,
  )
  const more = texts.length - mostRows
  return more > 0 ? [...texts.slice(0, mostRows), `… and ${more} more (--json has all)`] : texts
}

const impactLines = (impact: Impact | null, screen: Screen): readonly string[] => {
  if (impact === null) return []
  const { paint } = screen
  const { cutOff, possible, blind, days } = impact
  const since = days === null ? '' : ` of ${counted(days, 'day')}`
  const parts: readonly (readonly string[])[] = [
    cutOff.length === 0
      ? []
      : [paint('red', `Would be cut off, from the logins and tokens${since}:`), ...cutOffLines(cutOff, screen)],
    possible.length === 0
      ? []
      : [paint('yellow', 'May be cut off, and nobody can tell:'), ...cutOffLines(possible, screen)],
    blind.length === 0
      ? []
      : [
          paint('yellow', 'Not seen, so that the list may be longer:'),
          ...blindTexts(blind).map((one) => wrapText(`  ${terminalText(one)}`, screen.width, '  ')),
        ],
    impact.locksOutSelf ? [`${paint('red', '✗')} The account that would make this change is among them: refused.`] : [],
  ].filter((part) => part.length > 0)
  if (parts.length === 0) return [`${paint('green', '✓')} Nobody that was seen is cut off by it.`]
  return parts.flatMap((part) => ['', ...part])
}

const clickLines = (clicks: readonly string[]): readonly string[] => [
  ...(clicks.length === 0 ? [] : ['What no API can do, for a person:']),
  ...clicks.map((click, index) => `  ${index + 1}. ${terminalText(click)}`),
]

export const shownLines = (shown: ShownChange, screen: Screen): readonly string[] => {
  const { paint } = screen
  const { prepared, diff, dryRun, impact } = shown
  const lines = [
    paint('bold', terminalText(prepared.title)),
    '',
    ...diff.flatMap(({ diff: text }) => diffLines(text, paint)),
    ...(prepared.records.length === 0 ? [] : ['Records, which have no dry run:']),
    ...prepared.records.map((edit) => `  ${terminalText(recordText(edit))}`),
    ...clickLines(prepared.clicks),
    '',
    ...(dryRun === null
      ? []
      : dryRun.is === 'accepted'
        ? prepared.components.length > 0
          ? [`${paint('green', '✓')} The org accepts it (check-only deployment).`]
          : []
        : dryRun.is === 'unclear'
          ? [`${paint('yellow', '?')} The dry run did not end: ${terminalText(dryRun.why)}`]
          : [
              `${paint('red', '✗')} The org refuses it (check-only deployment):`,
              ...dryRun.problems.map((one) => `  ${terminalText(one)}`),
            ]),
    ...impactLines(impact, screen),
  ]
  return lines.filter((line, index) => line !== '' || lines[index + 1] !== '')
}

const heads: Readonly<Record<CarriedOut['is'], readonly [sign: string, text: string]>> = {
  'nothing-to-do': ['✓', 'Nothing to do: the org is so already.'],
  'by-hand': ['', 'No API can do this: the clicks above are a person’s.'],
  shown: ['', 'Nothing was changed.'],
  'dry-run': ['', 'Nothing was changed.'],
  refused: ['✗', 'Refused; nothing was changed.'],
  'locks-out-self': ['✗', 'Refused: the account that makes this change would be cut off by it.'],
  'needs-override': ['✗', 'Nothing was changed: somebody would be cut off, or nobody can tell.'],
  declined: ['', 'Not confirmed; nothing was changed.'],
  applied: ['✓', 'Applied.'],
  unverified: ['✗', 'Applied, and it does not read as it was to.'],
  'rolled-back': ['↶', 'It did not read as it was to, and was taken back.'],
  reverted: ['✗', 'Deployed, and not kept by the org.'],
  partial: ['✗', 'Partly done.'],
  unclear: ['?', 'Nobody can say whether it was done.'],
}

const signs: Readonly<Record<string, 'green' | 'red' | 'yellow'>> = {
  '✓': 'green',
  '✗': 'red',
  '↶': 'yellow',
  '?': 'yellow',
}

export const endLines = (out: CarriedOut, { paint }: Screen): readonly string[] => {
  const [sign, head] = heads[out.is]
  const colour = signs[sign]
  const texts = ['nothing-to-do', 'by-hand', 'locks-out-self', 'declined', 'dry-run', 'needs-override'].includes(out.is)
    ? []
    : out.texts
  return [
    `${colour === undefined ? '' : `${paint(colour, sign)} `}${head}`,
    ...(out.is === 'refused' && out.dryRun?.is === 'refused' ? [] : texts.map((text) => `  ${terminalText(text)}`)),
    ...(out.verified === null
      ? []
      : [`${out.verified.ok ? paint('green', '✓') : paint('red', '✗')} ${terminalText(out.verified.text)}`]),
    ...((out.is === 'applied' || out.is === 'unverified') && out.prepared.clicks.length > 0
      ? ['What is left for a person is listed above.']
      : []),
    ...(out.is === 'nothing-to-do' ? clickLines(out.prepared.clicks) : []),
  ]
}
