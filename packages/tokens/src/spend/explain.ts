/**
 * Why a grant gives no token now, and what a person has to do: the error for callers and the text for screens.
 */
import { KeyturnError } from '../errors.ts'
import type { Doubt } from '../protocol/state.ts'
import type { StoredGrant } from '../store/store.ts'

const time = (epochMs: number): string => new Date(epochMs).toISOString()

const causes: Readonly<Record<string, string>> = {
  'no-answer': 'the connection ended before an answer came',
  'server-error': 'the token endpoint answered with a server error',
  'unreadable-answer': 'the answer was not OAuth (a proxy page, perhaps)',
  'holder-died': 'the process that had sent it died',
  'deadline-passed': 'the process that claimed it has not been heard of',
  restored: 'the store is an older copy of itself',
}

/** The hosts whose word is still missing after the store went back, as people know them; an id tells namesakes apart. */
const awaited = ({ awaiting, names = {} }: Doubt): string =>
  awaiting.map((host) => (names[host] === undefined ? host : `${names[host]} (${host.slice(0, 8)})`)).join(', ')

/** One sentence for a person: what to do next. */
export const nextStep = (grant: StoredGrant): string => {
  const { state, name } = grant
  const connect = `authorise again with \`keyturn connect ${name}\``
  switch (state.status) {
    case 'live':
      return ''
    case 'dead':
      return `${connect}; a spare way in (--fallback) would have kept it going`
    case 'blocked':
      return `remove the cause at Salesforce, then \`keyturn grants retry ${name}\``
    case 'in-doubt':
      return state.doubt?.awaiting.length
        ? `start Keyturn once on each host that used this store (still to report: ${awaited(state.doubt)}); for one that is gone for good, \`keyturn grants sweep --lost-host-after DAYS\``
        : `wait, or ${connect}`
  }
}

export const explain = (grant: StoredGrant, now: number, breaker: 'breaker' | null): KeyturnError => {
  const { state, name } = grant
  if (breaker !== null && state.breaker.retryAt !== null) {
    return new KeyturnError(
      'ACCESS_UNCURABLE',
      `Salesforce refuses even fresh access tokens of ${name}; the next one is tried at ${time(state.breaker.retryAt)}`,
      {
        data: { grant: name, retryAt: state.breaker.retryAt },
      },
    )
  }
  const data = { grant: name, status: state.status, why: state.why?.code ?? null, at: state.why?.at ?? null }
  switch (state.status) {
    case 'dead':
      return new KeyturnError(
        'GRANT_DEAD',
        `Salesforce refused the refresh token of ${name} at ${time(state.why?.at ?? now)}: ${state.why?.text ?? ''}`,
        { data, fix: nextStep(grant) },
      )
    case 'blocked': {
      const code = state.why?.code === 'identity-changed' ? 'IDENTITY_CHANGED' : 'GRANT_BLOCKED'
      return new KeyturnError(
        code,
        `Salesforce does not let ${name} in: ${state.why?.text ?? ''} (${state.why?.code ?? 'unknown'}); the refresh token is kept`,
        { data },
      )
    }
    case 'in-doubt': {
      const cause = state.doubt === null ? '' : (causes[state.doubt.cause] ?? state.doubt.cause)
      const since = state.doubt === null ? '' : ` since ${time(state.doubt.since)}`
      return new KeyturnError(
        'GRANT_IN_DOUBT',
        `The outcome of an exchange of ${name} is unknown${since}: ${cause}. Its access token is used up and no spare way in works`,
        {
          data: { ...data, replays: state.doubt?.replays ?? 0, notBefore: state.doubt?.notBefore ?? null },
          fix: nextStep(grant),
        },
      )
    }
    case 'live':
      return new KeyturnError('CLAIM_LOST', `The grant ${name} changed while it was read`)
  }
}
