/**
 * The one function through which every jsforce gets a new access token.
 *
 * jsforce calls `refreshFn(connection, callback)` on every 401 it takes for an expired session (REST, SOAP, Bulk and
 * Metadata alike) and re-sends the request without counting. Three of its habits shape this file, measured on 1.11.1,
 * 2.0.0-beta.29, 3.10.26 and @jsforce/jsforce-node 3.12.0:
 * - a function that throws, or never calls back, hangs every request of that connection for ever;
 * - it doesn't say which token was refused, so the connection's own token has to be compared with what we handed out;
 * - handing back the token that was just refused, or a new one for a 401 that no token cures, loops for ever.
 */
import { systemClock } from '../clock.ts'
import type { Clock } from '../clock.ts'
import { KeyturnError } from '../errors.ts'
import type { Keyturn, Token } from '../contract.ts'

/** What of a connection is read and written. */
export interface RefreshableConnection {
  accessToken?: string | null | undefined
  instanceUrl?: string
}

/** jsforce's callback; `R` is its own type of a token answer. */
export type RefreshCallback<R> = (error: Error | null, accessToken?: string, answer?: R) => void

/** Assignable to jsforce's `SessionRefreshFunc`. The promise is for tests: it never rejects. */
export type RefreshFunction = <R>(connection: RefreshableConnection, callback: RefreshCallback<R>) => Promise<void>

export interface RefreshOptions {
  /** Told of every failure. jsforce 3 wraps errors in plain ones and drops the code; this is the original. */
  readonly onError?: ((error: KeyturnError) => void) | undefined
  /** The longest a connection may wait for a token, ms. Keyturn's own limits are shorter; this one can't be missed. */
  readonly wait?: number | undefined
  readonly clock?: Clock | undefined
}

/** A refresh function and the memory of what it handed to whom. */
export interface Refresher {
  readonly refresh: RefreshFunction
  /** Notes that this connection now holds this token. */
  held(connection: RefreshableConnection, token: Token): void
  /** What this connection holds, as far as it came from here. */
  holds(connection: RefreshableConnection): Token | undefined
}

const LONGEST_WAIT = 120_000

/** `handed` is told of each token that goes to a connection, before jsforce gets it. */
export const refresher = (
  keyturn: Keyturn,
  name: string,
  options: RefreshOptions = {},
  handed?: (token: Token) => void,
): Refresher => {
  const handedOut = new WeakMap<RefreshableConnection, Token>()

  const holds = (connection: RefreshableConnection): Token | undefined => {
    const token = handedOut.get(connection)
    return token !== undefined && token.accessToken === connection.accessToken ? token : undefined
  }

  /** A token other than the one this connection was refused with. */
  const next = async (connection: RefreshableConnection): Promise<Token> => {
    const refused = connection.accessToken
    // A token we didn't hand out is ours only if it is the current one; any other says nothing about our grant.
    const known = holds(connection) ?? (await keyturn.token(name))
    if (known.accessToken !== refused) return known
    const token = await keyturn.rejected(name, known.generation)
    if (token.accessToken !== refused) return token
    throw new KeyturnError(
      'ACCESS_UNCURABLE',
      `Salesforce refused this request although the access token of ${JSON.stringify(name)} is alive`,
      { data: { grant: name, generation: known.generation } },
    )
  }

  const refresh: RefreshFunction = async <R>(connection: RefreshableConnection, callback: RefreshCallback<R>) => {
    try {
      const token = await within(options.wait ?? LONGEST_WAIT, options.clock ?? systemClock, name, next(connection))
      handedOut.set(connection, token)
      // An org that moved: the request under way still goes to the old address, all later ones to the new.
      connection.instanceUrl = token.instanceUrl
      handed?.(token)
      callback(null, token.accessToken, answerOf(token) as R)
    } catch (error) {
      // Also what a `refresh` listener throws: jsforce calls those inside the callback, before it settles the request.
      const failure = withCode(error)
      tell(options.onError, failure)
      callback(failure)
    }
  }

  return {
    refresh,
    holds,
    held: (connection, token) => {
      handedOut.set(connection, token)
    },
  }
}

/** What `refresh` listeners get. There is no refresh token in it and never will be. */
const answerOf = (token: Token): Readonly<Record<string, string>> => ({
  access_token: token.accessToken,
  instance_url: token.instanceUrl,
  issued_at: String(token.issuedAt),
  token_type: 'Bearer',
})

/** The code goes into the message, because jsforce 3 keeps nothing else of an error. */
const withCode = (error: unknown): KeyturnError | Error => {
  if (error instanceof KeyturnError) {
    return new KeyturnError(error.code, `${error.code}: ${error.message}. ${error.fix}`, {
      data: error.data,
      fix: error.fix,
      cause: error,
    })
  }
  return error instanceof Error ? error : new KeyturnError('DEFECT', 'something that is no error was thrown')
}

const tell = (onError: RefreshOptions['onError'], error: Error): void => {
  if (onError === undefined || !(error instanceof KeyturnError)) return
  try {
    onError(error.cause instanceof KeyturnError ? error.cause : error)
  } catch {
    // A listener's own failure must not keep the callback from being called.
  }
}

const within = async (ms: number, clock: Clock, name: string, work: Promise<Token>): Promise<Token> => {
  const done = new AbortController()
  const late = clock.sleep(ms, done.signal).then((): Token => {
    throw new KeyturnError('EXCHANGE_TIMEOUT', `no access token for ${JSON.stringify(name)} within ${ms} ms`, {
      data: { grant: name, ms },
    })
  })
  // Ended by the abort below, it has lost the race already.
  late.catch(() => undefined)
  return Promise.race([work, late]).finally(() => done.abort())
}
