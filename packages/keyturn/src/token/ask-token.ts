/** A living access token, as `keyturn token` prints it. */
import type { Keyturn, Token } from '@keyturn/tokens'

export const askToken = async (keyturn: Keyturn, name: string, rejected: number | undefined): Promise<Token> => {
  const token = await (rejected === undefined ? keyturn.token(name) : keyturn.rejected(name, rejected))
  const { accessToken, instanceUrl, generation, userId, orgId, issuedAt, source } = token
  return { accessToken, instanceUrl, generation, userId, orgId, issuedAt, source }
}
