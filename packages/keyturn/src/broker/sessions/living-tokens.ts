/**
 * The real tokens behind the virtual ones, and what a login without need may cost.
 *
 * A legacy client can't report which generation was refused: it just logs in again. So a login looks at the current
 * token once (`proven`): single flight, at most once per `probeSpacing`, and not at all if the proxy saw it work just
 * now. `keyturn.fetch` does the rest: only a refusal that a refresh cures is reported, everything else changes nothing.
 */
import { KeyturnError } from '@keyturn/tokens'
import type { Token } from '@keyturn/tokens'
import type { BrokerContext } from '../caller.ts'
import { fetchWithin } from './fetch-within.ts'
import type { FaceOptions } from './options.ts'
import type { Reachability } from './reachability.ts'

export interface LivingTokens {
  token(grant: string): Promise<Token>
  /** The API refused this generation. */
  rejected(grant: string, generation: number): Promise<Token>
  /** The API took this generation. */
  worked(grant: string, generation: number): void
  /** The current token, after a look at it unless one was made just now. */
  proven(grant: string): Promise<Token>
  /** The same at once, where it was asked and looked at a moment ago; for answers that don't hold the token itself. */
  provenNow(grant: string): Token | null
  /** The current token at once, where it was asked for a moment ago. */
  tokenNow(grant: string): Token | null
  close(): void
}

/** Within so many ms logins and calls on one grant share a question. */
const MOMENT_MS = 50

/** As the library's own probe: any version shows whether the API takes the token. */
const API = '/services/data/v60.0/'

export const livingTokens = (
  { keyturn, clock, log }: BrokerContext,
  options: FaceOptions,
  reachability: Reachability,
): LivingTokens => {
  const last = new Map<string, { readonly token: Token; readonly at: number }>()
  const seen = new Map<string, { readonly generation: number; readonly at: number }>()
  const looking = new Map<string, Promise<void>>()

  const keep = (grant: string, token: Token): Token => {
    last.set(grant, { token, at: clock.boot() })
    return token
  }

  /** When a grant's token was asked for, unless something happened to it since. */
  const askedAt = new Map<string, number>()
  const stopListening = keyturn.on('*', ({ grant }) => void askedAt.delete(grant))

  const tokenNow = (grant: string): Token | null => {
    const at = askedAt.get(grant)
    return at === undefined || clock.boot() - at >= MOMENT_MS ? null : (last.get(grant)?.token ?? null)
  }

  const token = async (grant: string): Promise<Token> => {
    try {
      const found = keep(grant, await keyturn.token(grant))
      askedAt.set(grant, clock.boot())
      return found
    } catch (error) {
      const known = last.get(grant)
      const storeIsOut = error instanceof KeyturnError && error.code === 'STORE_UNAVAILABLE'
      if (!storeIsOut || known === undefined || clock.boot() - known.at >= options.staleMax) throw error
      return known.token
    }
  }

  const look = async (grant: string): Promise<void> => {
    try {
      await fetchWithin({ keyturn, clock }, grant, API, options.probeLimit)
      reachability.answered(grant)
    } catch (error) {
      // Nobody could tell, or the grant is in trouble: then asking for its token says so.
      const code = error instanceof KeyturnError ? error.code : 'no answer'
      if (code === 'ENDPOINT_UNREACHABLE' || code === 'no answer') reachability.failed(grant, causeOf(error))
      log.info('A look at a token at login ended without a verdict', { grant, code })
    }
  }

  const seenJustNow = (grant: string, generation: number): boolean => {
    const known = seen.get(grant)
    return known?.generation === generation && clock.boot() - known.at < options.probeSpacing
  }

  return {
    token,
    async rejected(grant, generation) {
      seen.delete(grant)
      return keep(grant, await keyturn.rejected(grant, generation))
    },
    worked(grant, generation) {
      seen.set(grant, { generation, at: clock.boot() })
      keyturn.worked(grant, generation)
    },
    provenNow(grant) {
      const known = tokenNow(grant)
      return known !== null && seenJustNow(grant, known.generation) ? known : null
    },
    tokenNow,
    close: stopListening,
    async proven(grant) {
      const current = await token(grant)
      if (!seenJustNow(grant, current.generation)) {
        const running =
          looking.get(grant) ??
          look(grant).finally(() => {
            looking.delete(grant)
          })
        looking.set(grant, running)
        await running
        const after = await token(grant)
        if (!seenJustNow(grant, after.generation)) seen.set(grant, { generation: after.generation, at: clock.boot() })
        return after
      }
      return current
    },
  }
}

/** Why the org gave no answer: the network's own code where there is one. */
export const causeOf = (error: unknown): string => {
  const code: unknown = error instanceof KeyturnError ? error.data['code'] : null
  return typeof code === 'string' ? code : 'TIMEOUT'
}
