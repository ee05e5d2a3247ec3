/**
 * What a caller that proved who it is gets: a virtual session at the broker, or, where its policy says so, the real
 * token and instance URL.
 */
import type { Token } from '@keyturn/tokens'
import type { Caller, Face } from '../caller.ts'
import type { Desk } from './desk.ts'
import { identityOf } from './identity.ts'
import type { WhoseToken } from './identity.ts'
import { noteNetwork } from './observed-networks.ts'
import type { Begun } from './virtual-sessions.ts'

export interface Issued {
  readonly accessToken: string
  /** Without a slash at the end. */
  readonly instanceUrl: string
  readonly grant: string
  /** Whose token stands behind it. */
  readonly token: Token
  readonly whose: WhoseToken
  /** When the session began, epoch milliseconds. */
  readonly issuedAt: number
  /** Null: the real token. */
  readonly begun: Begun | null
}

interface Place {
  /** Where the caller reached the broker. */
  readonly base: string
  readonly address: string | null
}

/** The grant that was asked for, or the caller's default. Null: it may not use that one, or none. */
export const grantFor = (caller: Caller, asked: string | null): string | null => {
  if (asked === null) return caller.grants[0] ?? null
  return caller.grants.includes(asked) ? asked : null
}

export const issueSession = async (
  desk: Desk,
  caller: Caller,
  grant: string,
  place: Place & { readonly face: Face },
): Promise<Issued> => {
  const { context, options, sessions, tokens } = desk
  const real = caller.realTokens && !options.ipLocked.includes(grant)
  const token = (real ? null : tokens.provenNow(grant)) ?? (await tokens.proven(grant))
  const whose = token.orgId !== null && token.userId !== null ? token : await identityOf(desk, grant, token)
  if (real) {
    noteNetwork(context, grant, place.address)
    const instanceUrl = new URL(token.instanceUrl).origin
    const { accessToken, issuedAt } = token
    return { accessToken, instanceUrl, grant, token, whose, issuedAt, begun: null }
  }
  if (caller.realTokens) {
    context.log.warn('This org locks sessions to an address: the caller gets a virtual session', {
      caller: caller.name,
      grant,
    })
  }
  const beginning = sessions.begin({ caller, grant, face: place.face, orgId: whose.orgId })
  const begun = 'then' in beginning ? await beginning : beginning
  const { issuedAt } = begun.session
  return { accessToken: begun.token, instanceUrl: place.base, grant, token, whose, issuedAt, begun }
}
