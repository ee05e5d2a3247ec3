/**
 * The part of a Kubernetes API server that a Secret needs, as its API reference describes it: optimistic locking by
 * resourceVersion, merge patch, access reviews, Status objects for errors.
 */
import type { TestContext } from 'node:test'
import { serveJson } from './serve-json.ts'
import type { Answered } from './serve-json.ts'

interface Held {
  data: Record<string, string>
  version: number
  immutable?: boolean
}

const status = (code: number, reason: string, message: string): Answered => ({
  status: code,
  body: { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason, message, code },
})

export const clusterServer = async (t: TestContext) => {
  const secrets = new Map<string, Held>()
  const denied = new Set<string>()
  const token = { now: 'sa-token' }
  const encode = (data: Readonly<Record<string, string>>): Record<string, string> =>
    Object.fromEntries(Object.entries(data).map(([key, value]) => [key, Buffer.from(value).toString('base64')]))
  const served = await serveJson(t, ({ method, path, headers, body }) => {
    if (headers.authorization !== `Bearer ${token.now}`) return status(401, 'Unauthorized', 'Unauthorized')
    if (path === '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews')
      return { status: 201, body: { status: { allowed: !denied.has(body.spec.resourceAttributes.verb) } } }
    const name = /^\/api\/v1\/namespaces\/apps\/secrets\/([^/]+)$/.exec(path)?.[1] ?? ''
    const verb = method.toLowerCase()
    if (denied.has(verb)) return status(403, 'Forbidden', `secrets "${name}" is forbidden: User "x" cannot ${verb}`)
    const held = secrets.get(name)
    if (held === undefined) return status(404, 'NotFound', `secrets "${name}" not found`)
    if (method === 'PATCH') {
      if (headers['content-type'] !== 'application/merge-patch+json')
        return status(415, 'UnsupportedMediaType', 'the body of the request was in an unknown format')
      if (body.metadata?.resourceVersion !== undefined && body.metadata.resourceVersion !== String(held.version))
        return status(
          409,
          'Conflict',
          `Operation cannot be fulfilled on secrets "${name}": the object has been modified`,
        )
      if (held.immutable === true)
        return status(
          422,
          'Invalid',
          `Secret "${name}" is invalid: data: Forbidden: field is immutable when \`immutable\` is set`,
        )
      held.data = { ...held.data, ...body.data }
      held.version++
    }
    const metadata = { name, namespace: 'apps', resourceVersion: String(held.version), labels: { app: 'x' } }
    return {
      status: 200,
      body: { kind: 'Secret', apiVersion: 'v1', metadata, data: held.data, immutable: held.immutable },
    }
  })
  return Object.assign(served, {
    secrets,
    denied,
    token,
    put: (name: string, data: Readonly<Record<string, string>>, immutable = false) => {
      const version = (secrets.get(name)?.version ?? 100) + 1
      secrets.set(name, { data: { ...secrets.get(name)?.data, ...encode(data) }, version, immutable })
    },
    now: (name: string) =>
      Object.fromEntries(
        Object.entries(secrets.get(name)?.data ?? {}).map(([key, value]) => [
          key,
          Buffer.from(value, 'base64').toString('utf8'),
        ]),
      ),
  })
}

/** A kubeconfig for it; `server` may be anything. */
export const kubeconfig = (server: string, token = 'sa-token'): string => `apiVersion: v1
kind: Config
current-context: main
contexts:
  - name: main
    context: { cluster: fake, user: writer, namespace: apps }
clusters:
  - name: fake
    cluster: { server: '${server}' }
users:
  - name: writer
    user: { token: ${token} }
  - name: other
    user: { exec: { command: aws } }
`
