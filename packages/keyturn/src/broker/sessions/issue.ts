/**
 * What a caller that proved who it is gets: a virtual session at the broker, or, where its policy says so, the real
 * token and instance URL.
 */
import type { Token } from '@keyturn/tokens'
import type { Caller } from '../caller.ts'
import type { Desk } from './desk.ts'
import { identityOf } from './identity.ts'
import type { WhoseToken } from './identity.ts'
import { noteNetwork } from './observed-networks.ts'

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
}

export interface Place {
  /** Where the caller reached the broker. */
  readonly base: string
  readonly address: string | null
}

/** The grant that was asked for, or the caller's default. Null: it may not use that one, or none. */
export const grantFor = (caller: Caller, asked: string | null): string | null => {
  if (asked === null) return caller.grants[0] ?? null
  return caller.grants.includes(asked) ? asked : null
}

export const issueSession = async (desk: Desk, caller: Caller, grant: string, place: Place): Promise<Issued> => {
  const token = await desk.tokens.proven(grant)
  const whose = await identityOf(desk, grant, token)
  if (caller.realTokens && !desk.options.ipLocked.includes(grant)) {
    noteNetwork(desk.context, grant, place.address)
    const instanceUrl = new URL(token.instanceUrl).origin
    return { accessToken: token.accessToken, instanceUrl, grant, token, whose, issuedAt: token.issuedAt }
  }
  if (caller.realTokens) {
    desk.context.log.warn('This org locks sessions to an address: the caller gets a virtual session', {
      caller: caller.name,
      grant,
    })
  }
  const accessToken = desk.sessions.begin(caller, grant, whose.orgId)
  return { accessToken, instanceUrl: place.base, grant, token, whose, issuedAt: desk.context.clock.wall() }
}
