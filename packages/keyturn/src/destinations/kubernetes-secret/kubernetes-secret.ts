/**
 * A Secret of a Kubernetes cluster: its keys are patched with the resourceVersion that was read, so that a change in
 * between is a conflict (409) and never overwritten; other keys, labels and owners stay.
 *
 * Plain HTTP over our own network (proxy, CA): three requests. The official client is several megabytes with its own
 * transport, WebSockets and OpenID code. https://kubernetes.io/docs/reference/kubernetes-api/config-and-storage-resources/secret-v1/
 */
import { isAbsolute, resolve } from 'node:path'
import { Secret } from '@keyturn/tokens'
import type { Network } from '@keyturn/tokens/maintenance'
import * as z from 'zod'
import { askJson, isObject, messageOf } from '../../secret-managers/json-answer.ts'
import type { JsonAnswer, JsonObject } from '../../secret-managers/json-answer.ts'
import { changed, notReady, refused, unreachable } from '../../secret-managers/refusals.ts'
import { withNetwork } from '../../secret-managers/surroundings.ts'
import { defineKind } from '../destination.ts'
import type { DestinationParts, DestinationValue, Problem } from '../destination.ts'
import { fieldMap, placed } from '../field-map.ts'
import { problemsOf } from '../problems.ts'
import { resolveSetting, secretSetting } from '../secret-setting.ts'
import { clusterAccess } from './cluster-access.ts'

/** RFC 1123. */
const name = z
  .string()
  .max(253)
  .regex(/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/, 'must be a name of lower-case letters, digits, dashes and dots')

const settings = z.strictObject({
  kind: z.literal('kubernetes-secret'),
  secret: name.describe('Name of a Secret that exists'),
  namespace: name.optional().describe('Default: that of the service account or the context'),
  fields: fieldMap(/^[\w.-]{1,253}$/, 'must be letters, digits, -, _ and .')
    .optional()
    .describe('Key of the Secret: field of the credential; default: each under its own name'),
  kubeconfig: z.string().min(1).optional().describe('Default: the pod’s service account, KUBECONFIG, ~/.kube/config'),
  context: z.string().min(1).optional().describe('Context of the kubeconfig; default: its current one'),
  token: secretSetting.optional().describe('Where another token is'),
})

type Settings = z.infer<typeof settings>

interface Cluster {
  readonly path: string
  readonly namespace: string
  ask(method: string, path: string, body?: unknown, contentType?: string): Promise<JsonAnswer>
}

const withCluster = async <T>(
  given: Settings,
  parts: DestinationParts,
  work: (cluster: Cluster) => Promise<T>,
): Promise<T> => {
  const file = given.kubeconfig
  const kubeconfig = file === undefined || isAbsolute(file) ? file : resolve(parts.folder, file)
  const access = await clusterAccess({ kubeconfig, context: given.context, env: parts.env })
  const token = given.token === undefined ? access.token : await resolveSetting(given.token, parts)
  const namespace = given.namespace ?? access.namespace ?? 'default'
  const authorization = new Secret(`Bearer ${token.reveal()}`)
  const base = `${access.server.origin}${access.server.pathname.replace(/\/$/, '')}`
  const ask = (net: Network) => async (method: string, path: string, body?: unknown, contentType?: string) => {
    const answer = await askJson(
      new URL(`${base}${path}`),
      { method, headers: { authorization }, body, ...(contentType === undefined ? {} : { contentType }) },
      net,
    )
    const { status } = answer
    const said = `${status} ${messageOf(answer.body)}`.trim()
    if (status === 401) throw refused(`The cluster refuses the token: ${said}`, 'Make a new one; they expire.')
    if (status === 403) throw refused(`The cluster denies it: ${said}`)
    if (status === 409) throw changed(`${namespace}/${given.secret} was changed by somebody else: ${said}`)
    if (status === 429 || status >= 500) throw unreachable(`The cluster answered ${said}`)
    return answer
  }
  return withNetwork(parts, { ca: access.ca }, (net) =>
    work({ namespace, path: `/api/v1/namespaces/${namespace}/secrets/${given.secret}`, ask: ask(net) }),
  )
}

interface Held {
  readonly data: JsonObject
  readonly resourceVersion: string
  readonly immutable: boolean
}

const lookUp = async ({ ask, path, namespace }: Cluster, secret: string): Promise<Held> => {
  const { status, body } = await ask('GET', path)
  if (status === 404)
    throw notReady(
      `There is no Secret ${namespace}/${secret}`,
      `Make it: kubectl -n ${namespace} create secret generic ${secret}`,
    )
  const metadata = isObject(body.metadata) ? body.metadata : {}
  if (status !== 200 || typeof metadata.resourceVersion !== 'string')
    throw unreachable(`The cluster answered ${status} and no Secret`)
  return {
    data: isObject(body.data) ? body.data : {},
    resourceVersion: metadata.resourceVersion,
    immutable: body.immutable === true,
  }
}

/** Asks the cluster itself what this token may do; nothing is kept of the question. */
const mayNot = async ({ ask, namespace }: Cluster, secret: string): Promise<readonly Problem[]> => {
  const missing: string[] = []
  for (const verb of ['get', 'patch']) {
    const { body } = await ask('POST', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectAccessReview',
      spec: { resourceAttributes: { namespace, verb, resource: 'secrets', name: secret } },
    })
    if (isObject(body.status) && body.status.allowed !== true) missing.push(verb)
  }
  if (missing.length === 0) return []
  return [
    {
      code: 'DESTINATION_REFUSED',
      text: `this token may not ${missing.join(' and ')} the Secret ${namespace}/${secret}`,
      next: `Bind a Role with verbs get and patch on secrets, resourceNames ["${secret}"], in ${namespace}.`,
    },
  ]
}

/** A Secret holds 1 MiB at most. */
const largest = 1_048_576

export const kubernetesSecret = defineKind({
  kind: 'kubernetes-secret',
  settings,
  describe: ({ namespace, secret }) => (namespace === undefined ? secret : `${namespace}/${secret}`),
  open: (given, parts) => {
    const { secret } = given
    const encoded = (value: DestinationValue): Readonly<Record<string, string>> =>
      Object.fromEntries(
        [...placed(value, given.fields, (field) => field)].map(([key, text]) => [
          key,
          Buffer.from(text.reveal(), 'utf8').toString('base64'),
        ]),
      )
    const holds = ({ data }: Held, wanted: Readonly<Record<string, string>>): boolean =>
      Object.entries(wanted).every(([key, text]) => data[key] === text)
    const frozen = (cluster: Cluster): Error =>
      notReady(`${cluster.namespace}/${secret} is immutable`, 'Make a Secret without `immutable: true`.')
    return {
      kind: 'kubernetes-secret',
      name: parts.name,
      preflight: () =>
        problemsOf(() =>
          withCluster(given, parts, async (cluster) => {
            const missing = await mayNot(cluster, secret)
            if (missing.length > 0) return missing
            if ((await lookUp(cluster, secret)).immutable) throw frozen(cluster)
            return []
          }),
        ),
      write: (value) =>
        withCluster(given, parts, async (cluster) => {
          const held = await lookUp(cluster, secret)
          const wanted = encoded(value)
          const at = `kubernetes:${cluster.namespace}/${secret}#${Object.keys(wanted).join(',')}`
          if (holds(held, wanted)) return { changed: false, at }
          if (held.immutable) throw frozen(cluster)
          const sizes = Object.values({ ...held.data, ...wanted }).map((text) => String(text).length * 0.75)
          if (sizes.reduce((sum, size) => sum + size, 0) > largest)
            throw notReady(`${secret} would be longer than ${largest} bytes`)
          const { status, body } = await cluster.ask(
            'PATCH',
            cluster.path,
            { metadata: { resourceVersion: held.resourceVersion }, data: wanted },
            'application/merge-patch+json',
          )
          if (status === 200) return { changed: true, at }
          throw notReady(`The cluster did not take ${secret}: ${status} ${messageOf(body)}`)
        }),
      readBack: (value) =>
        withCluster(given, parts, async (cluster) =>
          holds(await lookUp(cluster, secret), encoded(value)) ? 'same' : 'different',
        ),
    }
  },
})
