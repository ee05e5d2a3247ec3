/**
 * Who resolves `vault:` and `aws:` references for this package: passed to the library wherever a store is opened or a
 * setting is read. The clients are loaded when such a reference is used, never before: most stores have none.
 */
import { systemClock } from '@keyturn/tokens'
import type { Resolvers } from '@keyturn/tokens/maintenance'

interface ResolverParts {
  readonly env: Readonly<Record<string, string | undefined>>
  /** PEM file of a corporate CA. */
  readonly caFile?: string | undefined
}

export const secretResolvers = ({ env, caFile }: ResolverParts): Resolvers => ({
  vault: async (rest) => {
    const { resolveVaultReference } = await import('./vault-reference.ts')
    return resolveVaultReference(rest, { clock: systemClock, env, caFile })
  },
  aws: async (rest) => {
    const { resolveAwsReference } = await import('./aws-reference.ts')
    return resolveAwsReference(rest, { clock: systemClock, env, caFile })
  },
})
