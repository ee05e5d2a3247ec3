/**
 * Makes a grant, or authorises one again, by whichever way the flags name.
 *
 * A grant that exists keeps its name, spares and history: a web login enrols it anew (the library waits until nothing of
 * it is on the wire), and flags that describe a spare alone add that spare.
 */
import { KeyturnError, systemClock } from '@keyturn/tokens'
import type { AddFallback, AddGrant, GrantView, Keyturn } from '@keyturn/tokens'
import type { Settings } from '../settings.ts'
import { connectAgain } from './connect-again.ts'
import type { ConnectFlags } from './connect-flags.ts'
import { defaultLoopback } from './callback-server.ts'
import { clientSecretOf, readSecret } from './secret-input.ts'
import { fallbackOf, privateKeyOf } from './ways-in.ts'
import { webLogin } from './web-login.ts'
import type { WebLogin } from './web-login.ts'

type How = 'web' | 'jwt' | 'client-credentials' | 'refresh-token' | 'sf' | 'spare'

export interface Connected {
  readonly grant: GrantView
  readonly how: How
  readonly again: boolean
  readonly notes: readonly string[]
  /** The grant is kept, but its first exchange failed: why, and what to do. */
  readonly failed?: KeyturnError
}

interface Connecting {
  readonly keyturn: Keyturn
  readonly settings: Settings
  readonly name: string
  readonly flags: ConnectFlags
  readonly show: WebLogin['show']
}

const DEFAULT_LOGIN_URL = 'https://login.salesforce.com'
const DEFAULT_SCOPE = 'api refresh_token'

const existing = async (keyturn: Keyturn, name: string): Promise<GrantView | null> => {
  try {
    const grant = await keyturn.grants.show(name)
    return grant.status === 'removed' ? null : grant
  } catch (error) {
    if (error instanceof KeyturnError && error.code === 'GRANT_NOT_FOUND') return null
    throw error
  }
}

const need = <T>(value: T | undefined, what: string, fix: string): T => {
  if (value === undefined || value === '') throw new KeyturnError('BAD_ARGUMENT', `${what} is missing`, { fix })
  return value
}

const spareOf = (flags: ConnectFlags): AddFallback | null =>
  fallbackOf({
    jwt: flags['fallback-jwt'],
    clientCredentials: flags['fallback-client-credentials'],
    grant: flags['fallback-grant'],
    name: flags['fallback-name'],
    clientId: flags['fallback-client-id'],
    clientSecretRef: flags['fallback-client-secret-ref'],
    username: flags['fallback-username'],
    key: { file: flags['fallback-key-file'], ref: flags['fallback-key-ref'] },
    loginUrl: flags['fallback-login-url'],
    audience: flags['fallback-audience'],
    otherUser: flags['fallback-other-user'],
  })

export const connect = async (job: Connecting): Promise<Connected> => {
  const { keyturn, flags, name } = job
  const before = await existing(keyturn, name)
  const spare = spareOf(flags)
  const way = wayOf(flags)
  if (before !== null && spare !== null && way === 'web') return addSpare(job, before, spare)
  if (way === 'sf') return fromSf(job, spare)
  if (before !== null && way !== 'web') {
    throw new KeyturnError('GRANT_EXISTS', `The grant ${name} exists`, { data: { grant: name } })
  }
  if (before !== null) return again(job, before)
  const base = await baseOf(job, spare)
  if (way === 'web') return firstLogin(job, base)
  const grant = await keyturn.grants.add(await withWay(job, base, way))
  return checked(job, grant, way)
}

const wayOf = (flags: ConnectFlags): Exclude<How, 'spare'> => {
  if (flags.jwt) return 'jwt'
  if (flags['client-credentials']) return 'client-credentials'
  if (flags['refresh-token-stdin']) return 'refresh-token'
  return flags['from-sf'] === undefined ? 'web' : 'sf'
}

type Base = Omit<AddGrant, 'flow'>

const baseOf = async ({ name, flags, settings }: Connecting, spare: AddFallback | null): Promise<Base> => {
  const defaults = settings.config.connect ?? {}
  const clientId = need(
    flags['client-id'] ?? defaults.clientId,
    'The consumer key of the app',
    'Add --client-id KEY, or connect.clientId to keyturn.yaml. The key is in Setup › App Manager (or External Client App Manager) › the app › Consumer Details. No org at hand? `keyturn sim` starts a simulated one.',
  )
  const clientSecret = await clientSecretOf(flags)
  const scope = flags.scope ?? defaults.scope
  // Before a browser is sent there: a person must not type a password into a host that only looks like Salesforce.
  const { checkLoginUrl } = await import('@keyturn/tokens/maintenance')
  const loginUrl = flags['login-url'] ?? defaults.loginUrl ?? DEFAULT_LOGIN_URL
  return {
    name,
    clientId,
    loginUrl: checkLoginUrl(loginUrl, settings.config.allowHosts ?? []),
    ...(clientSecret === undefined ? {} : { clientSecret }),
    ...(flags.username === undefined ? {} : { username: flags.username }),
    ...(flags.audience === undefined ? {} : { audience: flags.audience }),
    ...(scope === undefined ? {} : { scope }),
    ...(flags.hold ? { unknownOutcome: 'hold' } : {}),
    ...(spare === null ? {} : { fallback: [spare] }),
  }
}

const withWay = async (
  job: Connecting,
  base: Base,
  way: 'jwt' | 'client-credentials' | 'refresh-token',
): Promise<AddGrant> => {
  const { flags } = job
  if (way === 'refresh-token')
    return { ...base, flow: 'refresh_token', refreshToken: await readSecret('refresh token') }
  if (way === 'client-credentials') {
    need(
      base.clientSecret,
      'The consumer secret',
      'Add --client-secret-ref REFERENCE, or --client-secret-stdin and pipe it in.',
    )
    return { ...base, flow: 'client_credentials' }
  }
  const key = privateKeyOf('', { file: flags['key-file'], ref: flags['key-ref'] })
  const privateKey = need(key, 'The private key', 'Add --key-file PEM, or --key-ref REFERENCE.')
  need(flags.username, 'The username', 'Add --username NAME: JWT bearer acts as one user.')
  return { ...base, flow: 'jwt_bearer', privateKey }
}

/** A way in that spends nothing and does not work is forgotten again; a refresh token's record is kept whatever it says. */
const checked = async (job: Connecting, grant: GrantView, how: How): Promise<Connected> => {
  const { keyturn, flags, name } = job
  if (!flags.check) return { grant, how, again: false, notes: [] }
  try {
    await keyturn.token(name)
  } catch (error) {
    if (how === 'refresh-token') {
      if (!(error instanceof KeyturnError)) throw error
      const notes = [`The first exchange failed: ${error.code}: ${error.message}`]
      return { grant: await keyturn.grants.show(name), how, again: false, notes, failed: error }
    }
    await keyturn.grants.remove(name)
    throw error
  }
  const grantNow = await keyturn.grants.show(name)
  // A token of client credentials costs nothing: a refusal would only fetch another one.
  return {
    grant: how === 'client-credentials' ? await named(keyturn, grantNow) : grantNow,
    how,
    again: false,
    notes: [],
  }
}

const addSpare = async ({ keyturn, name }: Connecting, before: GrantView, spare: AddFallback): Promise<Connected> => {
  const kept = before.fallback.map(
    ({ name: kind, flow, clientId, username, loginUrl, audience, grant, otherUser }) => ({
      name: kind,
      flow,
      otherUser,
      ...(clientId === null ? {} : { clientId }),
      ...(username === null ? {} : { username }),
      ...(loginUrl === null ? {} : { loginUrl }),
      ...(audience === null ? {} : { audience }),
      ...(grant === null ? {} : { grant }),
    }),
  )
  const grant = await keyturn.grants.update(name, { fallback: [...kept, spare] })
  return { grant, how: 'spare', again: true, notes: [] }
}

/** Core is taken from the program that was started: inside the sf CLI that is the CLI's own copy. */
const fromSf = async ({ keyturn, name, flags }: Connecting, spare: AddFallback | null): Promise<Connected> => {
  const { importFromSf } = await import('@keyturn/tokens/salesforce-core')
  const { clientApps, abandoned, grant, resumed } = await importFromSf({
    keyturn,
    name,
    aliasOrUsername: flags['from-sf'] ?? '',
    mode: flags.shared ? 'shared' : 'move',
    grant: {
      ...(spare === null ? {} : { fallback: [spare] }),
      ...(flags.hold ? { unknownOutcome: 'hold' as const } : {}),
    },
  })
  const notes = [
    ...(clientApps.length > 0
      ? [`Client apps of the same login keep refresh tokens of their own in sf: ${clientApps.join(', ')}.`]
      : []),
    ...(abandoned
      ? ['An sf process died while refreshing: this token may be spent already; the next exchange will show.']
      : []),
  ]
  return { grant, how: 'sf', again: resumed, notes }
}

const loginOf = (
  { flags, settings, show }: Connecting,
  of: {
    readonly loginUrl: string
    readonly clientId: string
    readonly scope?: string | undefined
    readonly username?: string | undefined
  },
): WebLogin => {
  const defaults = settings.config.connect ?? {}
  return {
    loginUrl: of.loginUrl,
    clientId: of.clientId,
    scope: of.scope ?? DEFAULT_SCOPE,
    username: of.username,
    loopback: {
      host: flags.host === '127.0.0.1' ? '127.0.0.1' : (defaults.host ?? 'localhost'),
      port: flags.port ?? defaults.port ?? defaultLoopback.port,
      path: defaults.path ?? defaultLoopback.path,
    },
    patience: flags.timeout * 1000,
    clock: systemClock,
    show,
  }
}

const again = async (job: Connecting, before: GrantView): Promise<Connected> => {
  if (before.flow !== 'refresh_token') {
    throw new KeyturnError(
      'GRANT_EXISTS',
      `The grant ${job.name} exists and signs in by ${before.flow}: there is nothing to log in to`,
      { data: { grant: job.name } },
    )
  }
  const secret = await clientSecretOf(job.flags)
  if (secret !== undefined) await job.keyturn.grants.update(job.name, { clientSecret: secret })
  const login = loginOf(job, {
    loginUrl: before.loginUrl,
    clientId: before.clientId,
    scope: job.flags.scope ?? job.settings.config.connect?.scope,
    username: job.flags.username ?? before.username ?? undefined,
  })
  return { ...(await connectAgain(job.keyturn, job.name, login)), how: 'web', again: true }
}

const firstLogin = async (job: Connecting, base: Base): Promise<Connected> => {
  const grant = await webLogin(loginOf(job, base), (code) => job.keyturn.grants.connect(base, code))
  const scopes = (base.scope ?? DEFAULT_SCOPE).split(' ')
  const asked = job.flags.check && (scopes.includes('api') || scopes.includes('full'))
  return { grant: asked ? await named(job.keyturn, grant) : grant, how: 'web', again: false, notes: [] }
}

/**
 * Nobody knows a user by an id, and a person who is asked to sign in again has to know as whom. Asked only where the token may
 * call the API: elsewhere a refusal would look like a dead token.
 */
const named = async (keyturn: Keyturn, grant: GrantView): Promise<GrantView> => {
  const { orgConnection } = await import('../org/connection.ts')
  try {
    const { username } = await orgConnection(keyturn, grant.name).whoAmI()
    return await keyturn.grants.update(grant.name, { username })
  } catch (error) {
    if (error instanceof KeyturnError) return grant
    throw error
  }
}
