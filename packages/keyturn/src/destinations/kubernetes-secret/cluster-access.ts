/**
 * How a cluster is reached: the pod's own service account, or a kubeconfig with a token. Programs that make tokens
 * (`exec`) and client certificates are not supported; the message says what to do instead.
 */
import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, isAbsolute, join, resolve } from 'node:path'
import { Secret } from '@keyturn/tokens'
import { parse } from 'yaml'
import { isObject } from '../../secret-managers/json-answer.ts'
import type { JsonObject } from '../../secret-managers/json-answer.ts'
import { notReady } from '../../secret-managers/refusals.ts'

interface ClusterAccess {
  readonly server: URL
  readonly token: Secret
  /** PEM. */
  readonly ca: string | undefined
  readonly namespace: string | undefined
}

interface Where {
  readonly kubeconfig?: string | undefined
  readonly context?: string | undefined
  readonly env: Readonly<Record<string, string | undefined>>
  /** Of the pod's service account; another one in tests. */
  readonly serviceAccount?: string
}

const mounted = '/var/run/secrets/kubernetes.io/serviceaccount'

const readText = (path: string, what: string): Promise<string> =>
  readFile(path, 'utf8').catch(() => {
    throw notReady(`${what} ${path} can’t be read`)
  })

export const clusterAccess = async (where: Where): Promise<ClusterAccess> => {
  const { env, serviceAccount = mounted } = where
  const host = env['KUBERNETES_SERVICE_HOST'] ?? ''
  if (where.kubeconfig === undefined && host !== '') {
    const [token, ca, namespace] = await Promise.all([
      readText(join(serviceAccount, 'token'), 'the service account’s'),
      readText(join(serviceAccount, 'ca.crt'), 'the service account’s'),
      readText(join(serviceAccount, 'namespace'), 'the service account’s'),
    ])
    const port = env['KUBERNETES_SERVICE_PORT'] || '443'
    const server = new URL(`https://${host.includes(':') ? `[${host}]` : host}:${port}`)
    return { server, token: new Secret(token.trim()), ca, namespace: namespace.trim() }
  }
  return fromKubeconfig(where)
}

const named = (list: unknown, name: unknown, what: string): JsonObject => {
  const rows: readonly unknown[] = Array.isArray(list) ? list : []
  const row = rows.find((each) => isObject(each) && each.name === name)
  const inner = isObject(row) ? row[what] : undefined
  if (isObject(inner)) return inner
  throw notReady(`The kubeconfig has no ${what} ${String(name)}`, 'Name a context it has with `context`.')
}

const fromKubeconfig = async ({ kubeconfig, context, env }: Where): Promise<ClusterAccess> => {
  const listed = (env['KUBECONFIG'] ?? '').split(process.platform === 'win32' ? ';' : ':')[0]
  const path = kubeconfig ?? (listed || join(env['HOME'] || homedir(), '.kube', 'config'))
  const config: unknown = parseConfig(await readText(path, 'the kubeconfig'), path)
  if (!isObject(config)) throw notReady(`${path} is no kubeconfig`)
  const chosen = named(config.contexts, context ?? config['current-context'], 'context')
  const cluster = named(config.clusters, chosen.cluster, 'cluster')
  const user = named(config.users, chosen.user, 'user')
  const server = URL.parse(String(cluster.server))
  if (server === null) throw notReady(`${path} names no server`)
  const beside = (file: unknown): string =>
    isAbsolute(String(file)) ? String(file) : resolve(dirname(path), String(file))
  const data = cluster['certificate-authority-data']
  const ca =
    typeof data === 'string'
      ? Buffer.from(data, 'base64').toString('utf8')
      : cluster['certificate-authority'] === undefined
        ? undefined
        : await readText(beside(cluster['certificate-authority']), 'the CA')
  const token =
    typeof user.token === 'string'
      ? user.token
      : user.tokenFile === undefined
        ? null
        : await readText(beside(user.tokenFile), 'the token')
  if (token === null) {
    throw notReady(
      `${path} signs in by ${Object.keys(user).join(', ') || 'nothing'}, Keyturn by a token only`,
      'Make one for a service account (kubectl create token NAME) and name it with `token`.',
    )
  }
  const namespace = typeof chosen.namespace === 'string' ? chosen.namespace : undefined
  return { server, token: new Secret(token.trim()), ca, namespace }
}

const parseConfig = (text: string, path: string): unknown => {
  try {
    return parse(text, { maxAliasCount: 100 })
  } catch {
    throw notReady(`${path} is no YAML`)
  }
}
