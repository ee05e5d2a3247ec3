/**
 * From what the token endpoint said (or didn't) to the protocol's event. Pure: used for answers that come from the
 * wire and for those a journal kept, so that both mean the same.
 */
import { KeyturnError } from '../errors.ts'
import { judge, type RawAnswer, type Tokens } from '../oauth/answer.ts'
import type { ProtocolEvent } from '../protocol/event.ts'
import type { DoubtCause } from '../protocol/state.ts'
import type { Secret } from '../secret.ts'
import type { AccessDetails, Identity, Puts, StoredGrant } from '../store/store.ts'
import { checkLoginUrl } from '../wire/hosts.ts'
import { plainBody } from '../wire/plain-body.ts'
import { said } from './said.ts'

export interface Outcome {
  readonly event: ProtocolEvent
  readonly puts: Puts
  /** What was sold, should no record have a place for it. */
  readonly sold: Readonly<Record<string, Secret>>
}

/** What the wire or the journal kept, as the judge wants it: decoded, should a proxy have compressed it unasked. */
export const rawAnswer = (answer: {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
  readonly complete: boolean
}): RawAnswer => {
  const body = plainBody(answer.headers, answer.body)
  return { status: answer.status, body: body ?? new Uint8Array(), complete: answer.complete && body !== null }
}

interface Attempt {
  readonly attempt: string
  /** The token that was sent. */
  readonly lineage: string
}

interface Origin {
  readonly rolledForward: boolean
  readonly by: 'holder' | 'other'
  /** Epoch ms, for answers without `issued_at`. */
  readonly wall: number
  readonly allowHosts: readonly string[]
}

/** `raw` null: no answer. The attempt is over: nothing more will be heard. */
export const outcomeOf = (
  grant: StoredGrant,
  { attempt, lineage }: Attempt,
  raw: RawAnswer | null,
  lineageOf: (token: Secret) => string,
  origin: Origin,
): Outcome => {
  const doubted = (cause: DoubtCause, tokens: Tokens | null): Outcome => {
    const misfit = tokens === null ? null : misfitOf(grant.identity, tokens, origin.allowHosts)
    const puts = tokens === null ? {} : kept(grant, tokens, origin.wall, misfit)
    return {
      event: {
        type: 'doubted',
        attempt,
        lineage,
        cause,
        by: origin.by,
        holderDead: origin.by === 'other',
        finished: true,
        access: puts.access !== undefined,
      },
      puts,
      sold: {},
    }
  }
  if (raw === null) return doubted(origin.by === 'other' ? 'holder-died' : 'no-answer', null)
  const judged = judge(raw)
  switch (judged.kind) {
    case 'tokens': {
      const { tokens } = judged
      const misfit = misfitOf(grant.identity, tokens, origin.allowHosts)
      const puts = kept(grant, tokens, origin.wall, misfit)
      const access = puts.access !== undefined
      return {
        event: {
          type: 'answered',
          attempt,
          sent: lineage,
          next: tokens.refreshToken === null ? null : lineageOf(tokens.refreshToken),
          access,
          rolledForward: origin.rolledForward,
          ...(misfit === null ? {} : { mismatch: misfit.text, mismatchCode: misfit.code }),
        },
        puts,
        sold: puts.secrets ?? {},
      }
    }
    case 'refused':
      return { event: { type: 'refused', attempt, lineage, text: said(judged.text) }, puts: {}, sold: {} }
    case 'busy':
      return { event: { type: 'busy', attempt, lineage }, puts: {}, sold: {} }
    case 'blocked':
      return {
        event: { type: 'blocked', attempt, lineage, code: said(judged.code), text: said(judged.text) },
        puts: {},
        sold: {},
      }
    case 'unknown':
      return doubted(judged.cause, judged.tokens)
  }
}

/** What of an answer goes into the store. Of a misfit only the refresh token: its access token is nobody's to use. */
export const kept = (grant: StoredGrant, tokens: Tokens, wall: number, misfit: Misfit | null): Puts => {
  const { accessToken, refreshToken, orgId, userId } = tokens
  const secrets: Record<string, Secret> = {}
  if (refreshToken !== null) secrets.refreshToken = refreshToken
  const instanceUrl = tokens.instanceUrl ?? grant.access?.instanceUrl ?? null
  const usable = accessToken !== null && instanceUrl !== null && misfit === null
  if (usable) secrets.accessToken = accessToken
  const access: AccessDetails | null = usable
    ? { instanceUrl, issuedAt: tokens.issuedAt ?? wall, scope: tokens.scope, format: tokens.format }
    : null
  const identity: Identity | null = orgId !== null && userId !== null ? { orgId, userId } : null
  return {
    secrets,
    ...(access === null ? {} : { access }),
    ...(identity === null || grant.identity !== null || misfit !== null ? {} : { identity }),
  }
}

/** Why what was sold is not handed out. */
interface Misfit {
  readonly code: 'identity-changed' | 'instance-refused'
  readonly text: string
}

/** Null, or why these tokens are no way in for this grant: whose they are, or where they would be sent. */
export const misfitOf = (
  identity: Identity | null,
  tokens: Pick<Tokens, 'orgId' | 'userId' | 'instanceUrl'>,
  allowHosts: readonly string[],
  otherUser = false,
): Misfit | null => {
  const mismatch = mismatchOf(identity, tokens, otherUser)
  if (mismatch !== null) return { code: 'identity-changed', text: mismatch }
  const instance = tokens.instanceUrl === null ? null : instanceRefused(tokens.instanceUrl, allowHosts)
  return instance === null ? null : { code: 'instance-refused', text: instance }
}

/** The access token goes where the answer says, so that place has to pass what a login URL has to pass. */
const instanceRefused = (url: string, allowHosts: readonly string[]): string | null => {
  try {
    checkLoginUrl(url, allowHosts)
    return null
  } catch (error) {
    if (!(error instanceof KeyturnError)) throw error
    const why = error.message.replace(/^This login URL is refused\. /, '')
    return `the answer names an instance that no token is sent to. ${why.slice(0, 300)} If it is right, allow its host by name (allowHosts)`
  }
}

/** Salesforce ids come with 15 or 18 characters. */
export const sameId = (a: string, b: string): boolean => a.slice(0, 15) === b.slice(0, 15)

/** Null, or in words why these tokens are not this grant's. */
const mismatchOf = (
  identity: Identity | null,
  tokens: Pick<Tokens, 'orgId' | 'userId'>,
  otherUser = false,
): string | null => {
  if (identity === null || tokens.orgId === null || tokens.userId === null) return null
  if (!sameId(identity.orgId, tokens.orgId)) {
    return `the token belongs to org ${tokens.orgId}, the grant to ${identity.orgId} (a refreshed sandbox gets a new org id)`
  }
  if (!otherUser && !sameId(identity.userId, tokens.userId)) {
    return `the token belongs to user ${tokens.userId}, the grant to ${identity.userId}`
  }
  return null
}
