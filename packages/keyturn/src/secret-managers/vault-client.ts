/**
 * HashiCorp Vault and OpenBao over their HTTP API: log in, read and write key/value version 2.
 *
 * Plain HTTP: there is no official client for JavaScript, and the usual one (node-vault) brings its own proxy and TLS
 * rules. https://developer.hashicorp.com/vault/api-docs/secret/kv/kv-v2
 */
import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { Secret } from '@keyturn/tokens'
import type { Network } from '@keyturn/tokens/maintenance'
import { askJson, isObject, messageOf } from './json-answer.ts'
import type { JsonAnswer, JsonObject } from './json-answer.ts'
import { changed, notReady, refused, unreachable } from './refusals.ts'
import { withNetwork } from './surroundings.ts'
import type { Surroundings } from './surroundings.ts'

export interface VaultPlace {
  readonly address?: string | undefined
  readonly namespace?: string | undefined
  readonly caFile?: string | undefined
  readonly token?: Secret | undefined
  readonly appRole?:
    { readonly roleId: string; readonly secretId: Secret; readonly mount?: string | undefined } | undefined
}

interface VaultSecret {
  readonly data: JsonObject
  /** 0: there is none yet; else of the newest version, also when that one was deleted. */
  readonly version: number
}

export interface VaultClient {
  /** `secret/data/app`, as the API has it. */
  get(path: string, version?: number): Promise<JsonAnswer>
  read(mount: string, path: string, version?: number): Promise<VaultSecret>
  /** Check-and-set: throws DESTINATION_CHANGED unless `cas` is the newest version. */
  write(mount: string, path: string, data: JsonObject, cas: number): Promise<number>
  /** What this token may do there, as Vault says; null where it doesn't tell. */
  capabilities(path: string): Promise<readonly string[] | null>
}

const badPath = /(^|\/)\.{1,2}(\/|$)|\/\/|[?#]/

const addressOf = (place: VaultPlace, env: Surroundings['env']): URL => {
  const text = place.address ?? env['VAULT_ADDR'] ?? ''
  const url = URL.parse(text)
  if (url === null || !/^https?:$/.test(url.protocol) || url.username !== '' || url.search !== '') {
    throw notReady(
      text === '' ? 'Vault has no address' : 'The address of Vault is no URL',
      'Set VAULT_ADDR (or `address` of the destination) to something like https://vault.example.com:8200.',
    )
  }
  return url
}

interface SignedIn {
  readonly token: Secret
  /** Made by this login, for us alone. */
  readonly lent: boolean
}

/** VAULT_TOKEN, AppRole (VAULT_ROLE_ID, VAULT_SECRET_ID), else the file that `vault login` writes. */
const tokenOf = async (place: VaultPlace, env: Surroundings['env'], ask: Ask): Promise<SignedIn> => {
  if (place.token !== undefined) return { token: place.token, lent: false }
  if (place.appRole === undefined && (env['VAULT_TOKEN'] ?? '') !== '')
    return { token: new Secret(env['VAULT_TOKEN'] ?? ''), lent: false }
  const { VAULT_ROLE_ID: roleId, VAULT_SECRET_ID: secretId } = env
  const role =
    place.appRole ?? (roleId && secretId ? { roleId, secretId: new Secret(secretId), mount: undefined } : undefined)
  if (role !== undefined) {
    const path = `auth/${role.mount ?? 'approle'}/login`
    const { status, body } = await ask('POST', path, null, { role_id: role.roleId, secret_id: role.secretId.reveal() })
    const auth = isObject(body.auth) ? body.auth : {}
    if (status === 200 && typeof auth.client_token === 'string')
      return { token: new Secret(auth.client_token), lent: true }
    throw refused(
      `Vault refuses the AppRole (${status}) ${messageOf(body)}`.trim(),
      'Make a new secret_id for the role: it may have expired or been used up.',
    )
  }
  const file = join(env['HOME'] || homedir(), '.vault-token')
  const found = await readFile(file, 'utf8').catch(() => '')
  if (found.trim() !== '') return { token: new Secret(found.trim()), lent: false }
  throw notReady('Vault needs a token', 'Set VAULT_TOKEN, VAULT_ROLE_ID with VAULT_SECRET_ID, or run `vault login`.')
}

type Ask = (method: string, path: string, token: Secret | null, body?: unknown, query?: string) => Promise<JsonAnswer>

const askThrough =
  (address: URL, place: VaultPlace, env: Surroundings['env'], net: Network): Ask =>
  async (method, path, token, body, query = '') => {
    if (badPath.test(path)) throw notReady(`${path} is no path of Vault`)
    const base = `${address.origin}${address.pathname.replace(/\/$/, '')}`
    const url = new URL(`${base}/v1/${path.split('/').map(encodeURIComponent).join('/')}${query}`)
    const namespace = place.namespace ?? env['VAULT_NAMESPACE']
    const answer = await askJson(
      url,
      {
        method,
        body,
        headers: {
          'x-vault-request': 'true',
          ...(token === null ? {} : { 'x-vault-token': token }),
          ...(namespace === undefined || namespace === '' ? {} : { 'x-vault-namespace': namespace }),
        },
      },
      net,
    )
    const { status } = answer
    if (status === 307) {
      throw unreachable(
        `${url.host} is a standby and points elsewhere`,
        'Name the active node or the load balancer: credentials are not sent after a redirect.',
      )
    }
    if (status === 503 || status === 472 || status === 473)
      throw unreachable(
        `Vault at ${url.host} is sealed or a standby (${status})`,
        'Unseal it, or name the active node.',
      )
    if (status === 429 || status >= 500)
      throw unreachable(`Vault at ${url.host} answered ${status} ${messageOf(answer.body)}`.trim())
    return answer
  }

const denied = (path: string, { body }: JsonAnswer): Error =>
  refused(
    `Vault denies ${path}: ${messageOf(body) || 'permission denied'}`,
    'Check that the token lives (`vault token lookup`) and that its policy names this path.',
  )

/** Nothing there yet, or no such place? A write to version 1 would be taken, as something else. The CLI asks the same. */
const mustBeVersion2 = async (ask: Ask, token: Secret, mount: string, said: string): Promise<void> => {
  const { status, body } = await ask('GET', `sys/internal/ui/mounts/${mount}`, token)
  const { type, options } = isObject(body.data) ? body.data : {}
  const version2 = (type === 'kv' || type === 'generic') && isObject(options) && options.version === '2'
  if (status === 200 && version2) return
  // A token without a right below the mount is told 403; then the first answer has to do.
  if (status !== 200 && said === '') return
  throw notReady(
    `${mount} is no mount of key/value version 2 ${said}`.trim(),
    'Name the mount (`vault secrets list -detailed` shows it); version 1 has no check-and-set.',
  )
}

const clientOf = (ask: Ask, token: Secret): VaultClient => ({
  get: async (path, version) => {
    const answer = await ask('GET', path, token, undefined, version === undefined ? '' : `?version=${version}`)
    if (answer.status === 403) throw denied(path, answer)
    return answer
  },
  read: async (mount, path, version) => {
    const where = `${mount}/data/${path}`
    const answer = await ask('GET', where, token, undefined, version === undefined ? '' : `?version=${version}`)
    if (answer.status === 403) throw denied(where, answer)
    const data = isObject(answer.body.data) ? answer.body.data : {}
    const metadata = isObject(data.metadata) ? data.metadata : {}
    const newest = typeof metadata.version === 'number' ? metadata.version : 0
    // A deleted version answers 404 with its metadata; its number still counts for check-and-set.
    if (answer.status === 404) {
      if (newest === 0) await mustBeVersion2(ask, token, mount, messageOf(answer.body))
      return { data: {}, version: newest }
    }
    if (answer.status !== 200 || !isObject(data.data) || newest === 0) {
      throw notReady(
        `${where} is no secret of key/value version 2 (${answer.status}) ${messageOf(answer.body)}`.trim(),
        'Name the mount and the path below it; `vault kv metadata get` must know it.',
      )
    }
    return { data: data.data, version: newest }
  },
  write: async (mount, path, data, cas) => {
    const where = `${mount}/data/${path}`
    const answer = await ask('POST', where, token, { data, options: { cas } })
    const message = messageOf(answer.body)
    if (answer.status === 403) throw denied(where, answer)
    if (answer.status === 400 && message.includes('check-and-set'))
      throw changed(`${where} has a newer version than ${cas}: somebody else wrote it meanwhile`)
    const written = isObject(answer.body.data) ? answer.body.data.version : undefined
    if (answer.status !== 200 || typeof written !== 'number')
      throw notReady(`Vault did not take ${where} (${answer.status}) ${message}`.trim())
    return written
  },
  capabilities: async (path) => {
    const { status, body } = await ask('POST', 'sys/capabilities-self', token, { paths: [path] })
    if (status === 403) return null
    const told = (isObject(body.data) ? body.data : body)[path]
    return Array.isArray(told) ? told.filter((each) => typeof each === 'string') : null
  },
})

export const withVault = <T>(
  place: VaultPlace,
  surroundings: Surroundings,
  work: (client: VaultClient) => Promise<T>,
): Promise<T> => {
  const { env } = surroundings
  return withNetwork(surroundings, { caFile: place.caFile ?? (env['VAULT_CACERT'] || undefined) }, async (net) => {
    const ask = askThrough(addressOf(place, env), place, env, net)
    const { token, lent } = await tokenOf(place, env, ask)
    try {
      return await work(clientOf(ask, token))
    } finally {
      // A token that was made for this piece of work must not outlive it; that it can't be ended now is no failure.
      if (lent) await ask('POST', 'auth/token/revoke-self', token).catch(() => undefined)
    }
  })
}
