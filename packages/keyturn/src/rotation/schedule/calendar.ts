/**
 * The schedule as a calendar (RFC 5545): for each credential when it is due, when it may begin if windows say so, and
 * when its policy is to be reviewed; and when watched certificates end. A UID is the same each time and SEQUENCE grows, so
 * that an import again moves events and makes no new ones. All moments are UTC: no VTIMEZONE is needed, and every calendar
 * shows them in its reader's zone. No METHOD: that would make it an organizer's message (RFC 5546), and it is a file.
 */
import type { WatchedDoc } from '../certificates/watched-certificates.ts'
import type { Assessed } from './assess.ts'
import { nextClose } from './windows.ts'

/** RFC 5545 §3.3.11. */
const escaped = (text: string): string =>
  text
    .replace(/[\\;,]/g, (one) => `\\${one}`)
    .replace(/\r\n|\r|\n/g, '\\n')
    // Other control characters are not allowed in a value.
    .replace(/[\p{Cc}]/gu, ' ')

/** RFC 5545 §3.1: at most 75 octets a line, and no character is cut in two. */
const folded = (line: string): string => {
  const lines: string[] = []
  let rest = ''
  let size = 0
  for (const one of line) {
    const bytes = Buffer.byteLength(one)
    if (size + bytes > 75) {
      lines.push(rest)
      rest = ' '
      size = 1
    }
    rest += one
    size += bytes
  }
  return [...lines, rest].join('\r\n')
}

const utc = (at: number): string => `${new Date(at).toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`
const date = (at: number): string => new Date(at).toISOString().slice(0, 10).replaceAll('-', '')

interface Event {
  readonly uid: string
  readonly start: string
  readonly end: string | null
  readonly summary: string
  readonly description: string
  readonly category: string
}

const day = 86_400_000

const eventsOf = ({ name, credential, policy, due }: Assessed, now: number): readonly Event[] => {
  const owner = credential.common.owner === undefined ? '' : `\nOwner: ${credential.common.owner}`
  const about = `${credential.kind}, ${policy.text}${owner}\n${due.why}`
  const events: Event[] = []
  const waits = due.state !== 'fine' && due.state !== 'soon'
  // What nobody knows the age of is due now: a calendar without it would say that all is well.
  const at = due.due ?? now
  events.push({
    uid: `due/${name}`,
    start: `DTSTART:${utc(at)}`,
    end: null,
    summary: `Rotation due: ${name}${due.state === 'overdue' ? ' (overdue)' : waits ? ` (${due.state})` : ''}`,
    description: about,
    category: 'DUE',
  })
  if (policy.times.windows.length > 0 && due.nextWindow !== null) {
    const closes = nextClose(policy.times, due.nextWindow)
    events.push({
      uid: `window/${name}`,
      start: `DTSTART:${utc(due.nextWindow)}`,
      end: closes === null ? null : `DTEND:${utc(closes)}`,
      summary: `Rotation window: ${name}`,
      description: about,
      category: 'WINDOW',
    })
  }
  if (policy.reviewBy !== null) {
    const on = policy.reviewBy - day
    events.push({
      uid: `review/${name}`,
      start: `DTSTART;VALUE=DATE:${date(on)}`,
      end: `DTEND;VALUE=DATE:${date(policy.reviewBy)}`,
      summary: `Review the rotation policy of ${name}`,
      description: `${policy.text}${owner}`,
      category: 'REVIEW',
    })
  }
  return events
}

type Watched = WatchedDoc & { readonly grant: string }

const endsOf = ({ grant, certificates }: Watched): readonly Event[] =>
  certificates.flatMap(({ kind, name, notAfter }) =>
    notAfter === null
      ? []
      : [
          {
            uid: `certificate/${grant}/${kind}/${name}`,
            start: `DTSTART:${utc(notAfter)}`,
            end: null,
            summary: `Certificate ends: ${name}`,
            description: `${kind}, seen by ${grant}`,
            category: 'CERTIFICATE',
          },
        ],
  )

/** `store`: makes the UIDs of several stores different ones. */
export const calendarOf = (
  assessed: readonly Assessed[],
  now: number,
  store: string,
  watched: readonly Watched[] = [],
): string => {
  const events = [...assessed.flatMap((one) => eventsOf(one, now)), ...watched.flatMap(endsOf)]
  const lines = events.flatMap(({ uid, start, end, summary, description, category }) => [
    'BEGIN:VEVENT',
    `UID:${escaped(`${uid}@${store}.keyturn`)}`,
    `DTSTAMP:${utc(now)}`,
    // Some calendars take a known UID only with a higher one; minutes fit its 32 bits for good.
    `SEQUENCE:${Math.floor(now / 60_000)}`,
    start,
    ...(end === null ? [] : [end]),
    `SUMMARY:${escaped(summary)}`,
    `DESCRIPTION:${escaped(description)}`,
    `CATEGORIES:${category}`,
    'TRANSP:TRANSPARENT',
    'END:VEVENT',
  ])
  const all = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Keyturn//Rotation schedule//EN',
    'CALSCALE:GREGORIAN',
    'X-WR-CALNAME:Keyturn rotations',
    ...lines,
    'END:VCALENDAR',
  ]
  return `${all.map(folded).join('\r\n')}\r\n`
}
