/** What is the matter with one grant, in words: what holds, why, and what a person can do. */
import type { GrantView } from '@keyturn/tokens'
import { moment, span } from '../output/moment.ts'
import { ownCommands } from '../output/own-commands.ts'
import { explain } from './explain.ts'

interface Story {
  /** `fine` needs nobody, `soon` repairs itself, `person` waits for somebody. */
  readonly need: 'fine' | 'soon' | 'person'
  readonly lines: readonly string[]
  readonly next: string | null
}

const causes = {
  'no-answer': 'the request was sent and no answer came',
  'server-error': 'Salesforce answered with a server error after it had the request',
  'unreadable-answer': 'the answer was cut off or was no OAuth answer',
  'holder-died': 'the process that sent the request died before it had the answer',
  'deadline-passed': 'the process that claimed the exchange did not report in time',
  restored: 'the store is an older copy of itself, so that its token may have been used since',
} as const

const doubtLines = (view: GrantView, now: number): readonly string[] => {
  const { doubt, access } = view.state
  if (doubt === null) return []
  const { cause, since, replays, notBefore, awaiting, finishedAt } = doubt
  return [
    `In doubt since ${moment(since, now)}: ${causes[cause]}.`,
    'Salesforce may or may not have replaced the refresh token; sending it again could end every token of this grant.',
    access === 'alive' ? 'The access token is served as long as it lives.' : 'No access token is left.',
    ...(awaiting.length > 0 ? ['Waiting for what the journals of its hosts tell.'] : []),
    ...(finishedAt === null ? ['The process that sent it may still hear the answer.'] : []),
    ...(replays > 0
      ? [`Sent once more ${replays} times without an answer; not again before ${moment(notBefore, now)}.`]
      : []),
  ]
}

/** `bin` is how the reader starts Keyturn: what is to be done can be typed as it stands. */
export const storyOf = (view: GrantView, now: number, bin = 'keyturn'): Story => {
  const { need, lines, next } = plainStory(view, now)
  const typed = (text: string): string => ownCommands(text, bin, view.name)
  return {
    need,
    lines: lines.map(typed),
    next: next === null ? null : typed(next.charAt(0).toUpperCase() + next.slice(1)),
  }
}

const plainStory = (view: GrantView, now: number): Story => {
  const breaker = view.state.breaker.retryAt
  const breakerLines =
    breaker === null
      ? []
      : [
          `Salesforce refuses even fresh access tokens; the next try is ${breaker > now ? `in ${span(breaker - now)}` : 'due'}.`,
        ]
  const known = view.why === null ? null : explain(view.why.code, view.why.text)
  const why = view.why === null ? [] : [`Why: ${view.why.text} (${view.why.code}, ${moment(view.why.at, now)}).`]
  const cause = known === null ? [] : [known.cause, `Look here: ${known.evidence}`]
  const working = view.fallback.filter((spare) => spare.state !== 'failed').map((spare) => spare.name)
  const cover = working.length > 0 ? [`Spare ways in: ${working.join(', ')}.`] : []
  const next = view.why?.next ?? known?.next ?? null
  switch (view.status) {
    case 'live':
      return {
        need: breaker === null ? 'fine' : 'soon',
        lines: breakerLines.length > 0 ? [...breakerLines, ...why, ...cause] : ['Works.'],
        next:
          breakerLines.length > 0
            ? (next ?? 'Check IP ranges, scopes, user and app; `keyturn grants retry NAME` tries at once.')
            : null,
      }
    case 'in-doubt':
      return {
        need:
          working.length > 0 || view.access === 'alive' || view.state.doubt?.cause !== 'restored' ? 'soon' : 'person',
        lines: [...doubtLines(view, now), ...cover],
        next: next ?? 'Wait, or authorise again with `keyturn connect NAME`.',
      }
    case 'dead':
    case 'reauthorization-required':
      return {
        need: 'person',
        lines: ['The refresh token is dead.', ...why, ...cause, ...cover],
        next: 'Authorise again with `keyturn connect NAME`.',
      }
    case 'blocked':
      return {
        need: 'person',
        lines: ['Salesforce refuses the sign-in; the token is kept.', ...why, ...cause, ...cover],
        next: known?.next ?? next ?? 'Remove the cause, then `keyturn grants retry NAME`.',
      }
    case 'removed':
      return { need: 'fine', lines: ['Removed here.'], next: null }
  }
}
