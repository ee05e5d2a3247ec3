/** Where a token's org is: the origin of its instance URL, parsed once for each token. */
import type { Token } from '@keyturn/tokens'

const origins = new WeakMap<Token, URL>()

export const originOf = (token: Token): URL => {
  const known = origins.get(token)
  if (known !== undefined) return known
  const origin = new URL(new URL(token.instanceUrl).origin)
  origins.set(token, origin)
  return origin
}
