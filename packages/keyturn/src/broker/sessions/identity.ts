/**
 * Whose token it is. A grant that was imported with a living access token knows it only after its first exchange; until
 * then the org is asked, once.
 */
import type { Token } from '@keyturn/tokens'
import type { Desk } from './desk.ts'
import { fetchWithin } from './fetch-within.ts'

export interface WhoseToken {
  readonly orgId: string | null
  readonly userId: string | null
}

const asked = new WeakMap<Desk, Map<string, WhoseToken>>()

export const identityOf = async (desk: Desk, grant: string, token: Token): Promise<WhoseToken> => {
  const { orgId, userId } = token
  if (orgId !== null && userId !== null) return { orgId, userId }
  const known = asked.get(desk) ?? new Map<string, WhoseToken>()
  asked.set(desk, known)
  const before = known.get(grant)
  if (before !== undefined) return before
  try {
    const answer = await fetchWithin(desk.context, grant, '/services/oauth2/userinfo', desk.options.probeLimit)
    const value: unknown = await answer.json()
    const found = { orgId: textIn(value, 'organization_id'), userId: textIn(value, 'user_id') }
    if (found.orgId !== null && found.userId !== null) known.set(grant, found)
    return found
  } catch {
    // Not known is no reason to refuse a session.
    return { orgId, userId }
  }
}

const textIn = (value: unknown, name: string): string | null => {
  const found: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, name) : null
  return typeof found === 'string' && /^[A-Za-z0-9]{15,18}$/.test(found) ? found : null
}
