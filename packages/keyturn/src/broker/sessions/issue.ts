/**
 * What a caller that proved who it is gets: a virtual session at the broker, or, where its policy says so, the real
 * token and instance URL.
 */
import { isIPv4 } from 'node:net'
import type { Token } from '@keyturn/tokens'
import type { Caller } from '../caller.ts'
import type { Desk } from './desk.ts'
import { identityOf } from './identity.ts'
import type { WhoseToken } from './identity.ts'

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
    noteNetwork(desk, grant, place.address)
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

const networks = new WeakMap<Desk, Map<string, Set<string>>>()

/** Salesforce freezes users whose tokens turn up at addresses it finds risky. */
const noteNetwork = (desk: Desk, grant: string, address: string | null): void => {
  if (address === null) return
  const plain = address.replace(/^::ffff:/i, '')
  const network = isIPv4(plain) ? plain.split('.').slice(0, 3).join('.') : plain.split(':').slice(0, 3).join(':')
  const known = networks.get(desk) ?? new Map<string, Set<string>>()
  networks.set(desk, known)
  const seen = known.get(grant) ?? new Set<string>()
  known.set(grant, seen)
  if (seen.has(network) || seen.size >= 100) return
  seen.add(network)
  if (seen.size > 1) {
    desk.context.log.warn('Real tokens of one grant go to different networks: Salesforce may freeze its user', {
      grant,
      networks: seen.size,
    })
  }
}
