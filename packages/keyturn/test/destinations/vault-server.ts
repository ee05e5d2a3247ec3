/**
 * Vault as its API documentation describes it: key/value version 2 with check-and-set, version 1 on `kv1`, AppRole,
 * capabilities, namespaces. https://developer.hashicorp.com/vault/api-docs/secret/kv/kv-v2
 */
import type { TestContext } from 'node:test'
import { serveJson } from './serve-json.ts'
import type { Answered, Asked } from './serve-json.ts'

interface Version {
  data: Record<string, unknown> | null
}

export const vaultServer = async (t: TestContext) => {
  const versions = new Map<string, Version[]>()
  const tokens = new Map([['hvs.root', ['read', 'create', 'update']]])
  const roles = new Map([['role-1', 'secret-id-1']])
  const denied: Answered = { status: 403, body: { errors: ['1 error occurred:\n\t* permission denied\n\n'] } }
  const read = (path: string, wanted: number): Answered => {
    const list = versions.get(path) ?? []
    const number = wanted === 0 ? list.length : wanted
    const found = list[number - 1]
    if (found === undefined) return { status: 404, body: { errors: [] } }
    const metadata = {
      created_time: '2026-11-01T00:00:00Z',
      custom_metadata: null,
      deletion_time: found.data === null ? '2026-11-02T00:00:00Z' : '',
      destroyed: false,
      version: number,
    }
    return { status: found.data === null ? 404 : 200, body: { data: { data: found.data, metadata } } }
  }
  const answer = ({ method, path, query, headers, body }: Asked): Answered => {
    if (path === '/v1/auth/approle/login') {
      if (roles.get(body.role_id) !== body.secret_id)
        return { status: 400, body: { errors: ['invalid role or secret ID'] } }
      tokens.set('hvs.lent', ['read', 'create', 'update'])
      return { status: 200, body: { auth: { client_token: 'hvs.lent', lease_duration: 3600 } } }
    }
    const rights = tokens.get(headers['x-vault-token'] ?? '')
    if (rights === undefined) return denied
    if (path === '/v1/auth/token/revoke-self') {
      tokens.delete(headers['x-vault-token'] ?? '')
      return { status: 204 }
    }
    if (path === '/v1/sys/capabilities-self')
      return { status: 200, body: { capabilities: rights, data: { [body.paths[0]]: rights } } }
    if (path === '/v1/kv1/app') return { status: 200, body: { data: { only: 'version-one' } } }
    const mount = /^\/v1\/sys\/internal\/ui\/mounts\/(.+)$/.exec(path)?.[1]
    if (mount === 'secret') return { status: 200, body: { data: { type: 'kv', options: { version: '2' } } } }
    if (mount === 'kv1') return { status: 200, body: { data: { type: 'kv', options: { version: '1' } } } }
    if (mount !== undefined) return denied
    if (path.startsWith('/v1/kv1/')) return { status: 404, body: { errors: [] } }
    const place = /^\/v1\/secret\/data\/(.+)$/.exec(path)?.[1]
    if (place === undefined)
      return { status: 404, body: { errors: [`no handler for route "${path.slice(4)}". route entry not found.`] } }
    const list = versions.get(place) ?? []
    if (method === 'GET') return rights.includes('read') ? read(place, Number(query.get('version') ?? 0)) : denied
    if (!rights.includes(list.length === 0 ? 'create' : 'update')) return denied
    if (body.options?.cas !== undefined && body.options.cas !== list.length) {
      return {
        status: 400,
        body: { errors: ['check-and-set parameter did not match the current version'] },
      }
    }
    versions.set(place, [...list, { data: body.data }])
    return { status: 200, body: { data: { version: list.length + 1, destroyed: false, deletion_time: '' } } }
  }
  const served = await serveJson(t, answer)
  return Object.assign(served, {
    versions,
    tokens,
    put: (path: string, data: Record<string, unknown> | null) => {
      versions.set(path, [...(versions.get(path) ?? []), { data }])
    },
    now: (path: string) => versions.get(path)?.at(-1)?.data ?? null,
  })
}
