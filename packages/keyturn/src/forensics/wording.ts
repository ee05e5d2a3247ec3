/** Words that several verdicts share. */
import type { Entry } from './death-facts.ts'
import type { LoginReading } from './foreign-logins.ts'
import type { DeathFacts } from './death-facts.ts'
import type { LoginRow } from './org-records.ts'
import type { TokenStory } from './token-story.ts'
import type { Evidence } from './verdict.ts'

export interface Scene {
  readonly facts: DeathFacts
  readonly story: TokenStory
  readonly logins: LoginReading
}

export const day = 86_400_000

export const connectAgain = 'Authorise again with `keyturn connect NAME`.'

export const stamp = (at: number): string => new Date(at).toISOString().replace(/\.\d+Z$/, 'Z')

export const spanOf = (ms: number): string => {
  const [size, unit] = ms >= 2 * day ? [day, 'days'] : ms >= 7_200_000 ? [3_600_000, 'hours'] : [60_000, 'minutes']
  return `${Math.max(0, Math.floor(ms / size))} ${unit}`
}

const words: Readonly<Record<string, string>> = {
  added: 'The token was handed to Keyturn',
  enrolled: 'A person authorised this grant',
  revived: 'The token was handed to Keyturn once more',
  exchanged: 'Keyturn bought this token; it was good then',
  claimed: 'Keyturn sent the token',
  'in-doubt': 'The outcome of that was never heard',
  'replay-claimed': 'Keyturn sent the token once more, as the last resort',
  refused: 'Salesforce refused the token',
  rejected: 'The access token was found dead',
  restored: 'The store was found to be an older copy of itself',
  exported: 'The token was handed out to another program',
  'companion-write-failed': 'The successor could not be written to the sf CLI',
  'old-token-used': 'A caller showed its old real refresh token to the broker',
  'backed-up': 'A backup of the store was taken',
  'orphan-kept': 'An answer came that belonged to no attempt any more',
  'orphan-revoked': 'Keyturn revoked what was left of an earlier authorisation',
  removed: 'A grant of the same user and app was removed',
}

/** An entry as evidence. `said` takes the place of the usual words. */
export const entryEvidence = (entry: Entry, said?: string): Evidence => ({
  at: entry.at,
  text: `${said ?? words[entry.kind] ?? entry.kind} (${entry.by.split('/')[0] ?? ''}).`,
  entry: entry.seq,
})

export const rowEvidence = ({ at, subType, status, application, sourceIp }: LoginRow): Evidence => ({
  at,
  text: `Login History: ${subType} of ${application} from ${sourceIp}, ${status}.`,
  entry: null,
})

export const inOrder = (evidence: readonly (Evidence | null)[]): readonly Evidence[] =>
  evidence.filter((one) => one !== null).toSorted((a, b) => a.at - b.at || (a.entry ?? 0) - (b.entry ?? 0))

/** How it began and how it ended: part of every verdict. */
export const frame = ({ story: { birth, refusal, lastGood }, facts }: Scene): readonly (Evidence | null)[] => {
  const good = facts.story.findLast(({ kind, at }) => kind === 'exchanged' && at === lastGood) ?? birth
  return [good === null ? null : entryEvidence(good), refusal === null ? null : entryEvidence(refusal)]
}

/** What could not be looked at, as a sentence; empty where nothing is missing. */
export const missing = ({ facts: { org, whole } }: Scene): string => {
  const parts = [
    ...(org === null
      ? ['The org’s own records were not looked at; that takes another grant of it that is alive here.']
      : []),
    ...(org !== null && org.problems.length > 0 ? [`Not readable in the org: ${org.problems.join('; ')}.`] : []),
    ...(whole ? [] : ['The ledger is too long to have been read back to the authorisation.']),
  ]
  return parts.length === 0 ? '' : ` ${parts.join(' ')}`
}

/** Shorter than any session time-out an org can set (15 minutes). */
const shortestSession = 15 * 60_000

/** The access token ended before it could have ended by itself. */
export const diedEarly = ({ story: { accessDeath } }: Scene): boolean => {
  const age = accessDeath?.data['age']
  return typeof age === 'number' && age < shortestSession
}
