/** The same Keyturn, with something around what gets callers a token: a refusal, patience, a watch on the store. */
import type { Keyturn } from '@keyturn/tokens'

export const aroundTokens = (
  keyturn: Keyturn,
  around: <T>(name: string, work: () => Promise<T>) => Promise<T>,
): Keyturn => ({
  ...keyturn,
  token: (name) => around(name, () => keyturn.token(name)),
  rejected: (name, generation) => around(name, () => keyturn.rejected(name, generation)),
  fetch: (name, path, init) => around(name, () => keyturn.fetch(name, path, init)),
})
