/**
 * From what a person says about a grant to what the store keeps: checked, canonical, secrets apart from settings.
 */
import { KeyturnError } from '../errors.ts'
import type { AddFallback, AddGrant, SecretInput } from '../contract.ts'
import { defaultPolicy, type Policy } from '../protocol/event.ts'
import { secret, type Secret } from '../secret.ts'
import type { FallbackSettings, GrantSettings, NewGrant } from '../store/store.ts'
import { checkLoginUrl } from '../wire/hosts.ts'

/** Well before the 30 idle days after which Salesforce may drop a refresh token (Help, "Limit Idle Refresh Token"). */
const KEEP_ALIVE_MS = 25 * 24 * 3_600_000

interface Sorted {
  readonly secrets: Record<string, Secret>
  readonly references: Record<string, string>
}

const put = (into: Sorted, name: string, value: SecretInput | undefined): void => {
  if (value === undefined) return
  if (typeof value === 'object' && 'reference' in value) into.references[name] = value.reference
  else into.secrets[name] = secret(value)
}

const bad = (message: string): KeyturnError => new KeyturnError('BAD_ARGUMENT', message)

/** Throws BAD_ARGUMENT, LOGIN_URL_REFUSED. */
export const newGrantOf = (input: AddGrant, allowHosts: readonly string[]): NewGrant => {
  if (!/^[A-Za-z0-9][A-Za-z0-9._@+-]{0,127}$/.test(input.name)) {
    throw bad('A grant name has 1 to 128 letters, digits or ._@+- and starts with a letter or digit')
  }
  if (input.clientId.trim() === '') throw bad(`Grant ${input.name} needs the client id (consumer key) of its app`)
  const sorted: Sorted = { secrets: {}, references: {} }
  put(sorted, 'clientSecret', input.clientSecret)
  put(sorted, 'refreshToken', input.refreshToken)
  put(sorted, 'privateKey', input.privateKey)
  if (input.flow === 'refresh_token' && sorted.secrets.refreshToken === undefined) {
    throw bad(
      `Grant ${input.name} needs its refresh token itself: a reference can't follow a token that changes at each use`,
    )
  }
  if (input.flow !== 'refresh_token' && input.refreshToken !== undefined)
    throw bad(`A ${input.flow} grant has no refresh token`)
  if (input.flow === 'jwt_bearer' && (input.privateKey === undefined || input.username === undefined)) {
    throw bad(`JWT bearer for ${input.name} needs a username and a private key`)
  }
  if (input.flow === 'client_credentials' && input.clientSecret === undefined)
    throw bad(`Client credentials for ${input.name} need the client secret`)
  const fallback = (input.fallback ?? []).map((spare, index) => fallbackOf(input, spare, index, sorted, allowHosts))
  const names = fallback.map((spare) => spare.name)
  if (new Set(names).size !== names.length) throw bad(`Two spare ways in of ${input.name} have the same name`)
  return {
    name: input.name,
    identity: input.identity ?? null,
    settings: {
      flow: input.flow,
      loginUrl: checkLoginUrl(input.loginUrl, allowHosts),
      clientId: input.clientId,
      username: input.username ?? null,
      scope: input.scope ?? null,
      audience: input.audience ?? null,
      fallback,
      policy: policyOf(defaultPolicy, input),
      keepAlive: input.keepAlive === undefined ? KEEP_ALIVE_MS : input.keepAlive,
      references: sorted.references,
    },
    spares: { names, cascade: cascadeOf(input.flow, input.clientId, fallback) },
    secrets: sorted.secrets,
  }
}

export const policyOf = (before: Policy, input: Pick<AddGrant, 'policy' | 'unknownOutcome'>): Policy => ({
  ...before,
  ...input.policy,
  ...(input.unknownOutcome === undefined ? {} : { unknownOutcome: input.unknownOutcome }),
})

/**
 * The spares that a replay could take down: those of the same app that act as the same user. Where that isn't known
 * (another grant, a run-as user), the careful answer is yes for the same app.
 */
export const cascadeOf = (
  flow: GrantSettings['flow'],
  clientId: string,
  fallback: readonly FallbackSettings[],
): readonly string[] =>
  flow === 'refresh_token'
    ? fallback
        .filter((spare) => !spare.otherUser && (spare.clientId === null || spare.clientId === clientId))
        .map((spare) => spare.name)
    : []

export const fallbackOf = (
  grant: Pick<AddGrant, 'name' | 'clientId' | 'username' | 'clientSecret'>,
  spare: AddFallback,
  index: number,
  sorted: Sorted,
  allowHosts: readonly string[],
): FallbackSettings => {
  const name = spare.name ?? `${spare.flow}-${index + 1}`
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(name)) throw bad(`The name of a spare way in has 1 to 64 letters, digits, _ or -`)
  if (spare.flow === 'grant' && (spare.grant === undefined || spare.grant === grant.name)) {
    throw bad(`The spare ${name} must name another grant of this store`)
  }
  if (spare.flow === 'jwt_bearer' && spare.privateKey === undefined)
    throw bad(`The spare ${name} (JWT bearer) needs a private key`)
  if (spare.flow === 'jwt_bearer' && (spare.username ?? grant.username) === undefined)
    throw bad(`The spare ${name} (JWT bearer) needs a username`)
  if (
    spare.flow === 'client_credentials' &&
    spare.clientSecret === undefined &&
    (grant.clientSecret === undefined || (spare.clientId ?? grant.clientId) !== grant.clientId)
  ) {
    throw bad(`The spare ${name} (client credentials) needs a client secret`)
  }
  put(sorted, `fallback:${name}:clientSecret`, spare.clientSecret)
  put(sorted, `fallback:${name}:privateKey`, spare.privateKey)
  return {
    name,
    flow: spare.flow,
    clientId: spare.clientId ?? null,
    username: spare.username ?? null,
    loginUrl: spare.loginUrl === undefined ? null : checkLoginUrl(spare.loginUrl, allowHosts),
    audience: spare.audience ?? null,
    grant: spare.grant ?? null,
    otherUser: spare.otherUser ?? false,
  }
}
