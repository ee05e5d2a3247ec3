/**
 * `@keyturn/tokens/jsforce`: jsforce on access tokens that Keyturn keeps alive.
 *
 * One file serves jsforce 1.x, 2.x, 3.x and @jsforce/jsforce-node, because their connections take the same `refreshFn`;
 * none of them is imported: the user passes the `Connection` class. The connection holds an access token only. It has
 * no refresh token and no client id, so it has nothing to refresh with by itself.
 */
import { KeyturnError } from '../errors.ts'
import type { Keyturn } from '../contract.ts'
import { refresher } from './refresh-function.ts'
import type { RefreshableConnection, Refresher, RefreshFunction, RefreshOptions } from './refresh-function.ts'

export type { RefreshCallback, RefreshFunction, RefreshOptions, RefreshableConnection } from './refresh-function.ts'

export interface ConnectionOptions<C extends RefreshableConnection> extends RefreshOptions {
  /** The `Connection` class of the jsforce in use. */
  readonly Connection: new (config: never) => C
  /** API version without the `v`, e.g. `66.0`. */
  readonly version?: string
  /** Anything else (`maxRequest`, `logLevel`, `proxyUrl`, `callOptions`, …) goes to the constructor as it is. */
  readonly [option: string]: unknown
}

/** Options that would give the connection a way to log in or refresh by itself. */
const foreign = [
  'accessToken',
  'refreshToken',
  'sessionId',
  'serverUrl',
  'instanceUrl',
  'signedRequest',
  'oauth2',
  'clientId',
  'clientSecret',
  'redirectUri',
  'username',
  'password',
  'refreshFn',
] as const

/** A connection of this grant: `await keyturnConnection(keyturn, 'acme', { Connection: jsforce.Connection })`. */
export const keyturnConnection = async <C extends RefreshableConnection>(
  keyturn: Keyturn,
  name: string,
  options: ConnectionOptions<C>,
): Promise<C> => {
  const { Connection, onError, wait, clock, ...rest } = options
  for (const option of foreign) {
    if (rest[option] === undefined) continue
    throw new KeyturnError('BAD_ARGUMENT', `keyturnConnection takes no ${option}: Keyturn provides it`, {
      data: { argument: option },
    })
  }
  const token = await keyturn.token(name)
  const source = refresher(keyturn, name, { onError, wait, clock })
  const config = { ...rest, instanceUrl: token.instanceUrl, accessToken: token.accessToken, refreshFn: source.refresh }
  const connection = new Connection(config as never)
  source.held(connection, token)
  reportSuccess(keyturn, name, source, connection)
  return connection
}

/** For those who construct their own connection: `new Connection({ instanceUrl, accessToken, refreshFn })`. */
export const keyturnRefreshFn = (keyturn: Keyturn, name: string, options: RefreshOptions = {}): RefreshFunction =>
  refresher(keyturn, name, options).refresh

/**
 * Tells Keyturn once per generation that the API took it: that closes the breaker after a half-open try and teaches how
 * long sessions live. The promise jsforce returns is handed on untouched, since it also streams.
 */
export const reportSuccess = (
  keyturn: Keyturn,
  name: string,
  source: Refresher,
  connection: RefreshableConnection,
): void => {
  const target = connection as { request?: unknown }
  const { request } = target
  if (typeof request !== 'function') return
  let proven = -1
  target.request = (...args: readonly unknown[]): unknown => {
    const sent: unknown = Reflect.apply(request, connection, args)
    if (!isThenable(sent)) return sent
    sent.then(
      () => {
        const token = source.holds(connection)
        if (token === undefined || token.generation === proven) return
        proven = token.generation
        keyturn.worked(name, token.generation)
      },
      () => undefined,
    )
    return sent
  }
}

const isThenable = (
  value: unknown,
): value is { then(done: (value: unknown) => void, failed: (error: unknown) => void): unknown } =>
  typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'
