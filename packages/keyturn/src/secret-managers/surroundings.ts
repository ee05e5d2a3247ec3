/** What the clients of secret managers need of the world, and the network they reach it by: our proxy and CA rules. */
import type { Clock } from '@keyturn/tokens'
import { lazyNetwork } from '@keyturn/tokens/maintenance'
import type { Network } from '@keyturn/tokens/maintenance'

export interface Surroundings {
  readonly clock: Clock
  readonly env: Readonly<Record<string, string | undefined>>
  /** PEM file of a corporate CA. */
  readonly caFile?: string | undefined
}

/** Opens a network for one piece of work and closes what it kept open. */
export const withNetwork = async <T>(
  { clock, env, caFile }: Surroundings,
  authority: { readonly ca?: string | undefined; readonly caFile?: string | undefined },
  work: (net: Network) => Promise<T>,
): Promise<T> => {
  const net = lazyNetwork({ clock, env, ca: authority.ca, caFile: authority.caFile ?? caFile })
  try {
    return await work(net)
  } finally {
    net.close()
  }
}
