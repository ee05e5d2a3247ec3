/**
 * What a command run with a grant finds in its environment: the token for programs that read SF_ACCESS_TOKEN, and what
 * the sf CLI takes for a target org without an auth file of its own. `env` comes without the master key: the child needs
 * a token, not the store.
 */
import type { Token } from '@keyturn/tokens'
import type { Environment } from '../settings.ts'

export const childEnvironment = (env: Environment, name: string, token: Token): NodeJS.ProcessEnv => ({
  ...env,
  SF_ACCESS_TOKEN: token.accessToken,
  SF_INSTANCE_URL: token.instanceUrl,
  // @salesforce/core resolves a target org that is an access token at this instance (its "accessTokenFlow").
  SF_TARGET_ORG: token.accessToken,
  SF_ORG_INSTANCE_URL: token.instanceUrl,
  KEYTURN_GRANT: name,
  KEYTURN_GENERATION: String(token.generation),
})
