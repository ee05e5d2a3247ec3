/**
 * AWS Secrets Manager as its API reference describes it (JSON 1.1): versions that never change, labels that are on one
 * version each, ClientRequestToken. https://docs.aws.amazon.com/secretsmanager/latest/apireference/
 */
import type { TestContext } from 'node:test'
import { serveJson } from './serve-json.ts'
import type { Answered, Asked } from './serve-json.ts'

interface Held {
  readonly values: Map<string, string>
  /** Label → version. */
  readonly labels: Map<string, string>
  rotation: boolean
}

const failure = (type: string, message: string, status = 400): Answered => ({
  status,
  body: { __type: type, message },
  headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-errortype': type },
})

export const awsServer = async (t: TestContext) => {
  const secrets = new Map<string, Held>()
  const denied = new Set<string>()
  const stages = (held: Held): Record<string, string[]> => {
    const found: Record<string, string[]> = {}
    for (const version of held.values.keys()) found[version] = []
    for (const [label, version] of held.labels) found[version]?.push(label)
    return found
  }
  /** AWSPREVIOUS follows by itself. */
  const label = (held: Held, name: string, version: string): void => {
    const former = held.labels.get(name)
    held.labels.set(name, version)
    if (name === 'AWSCURRENT' && former !== undefined && former !== version) held.labels.set('AWSPREVIOUS', former)
    if (name === 'AWSCURRENT' && held.labels.get('AWSPREVIOUS') === version) held.labels.delete('AWSPREVIOUS')
  }
  const operations: Readonly<Record<string, (held: Held, body: Asked['body']) => Answered>> = {
    DescribeSecret: (held, { SecretId }) => ({
      status: 200,
      body: {
        ARN: `arn:${SecretId}`,
        Name: SecretId,
        RotationEnabled: held.rotation,
        VersionIdsToStages: stages(held),
      },
    }),
    GetSecretValue: (held, { VersionId, VersionStage = 'AWSCURRENT' }) => {
      const version = VersionId ?? held.labels.get(VersionStage)
      const value = held.values.get(version)
      if (value === undefined)
        return failure('ResourceNotFoundException', `Secrets Manager can't find the specified secret value`)
      return { status: 200, body: { VersionId: version, SecretString: value, VersionStages: stages(held)[version] } }
    },
    PutSecretValue: (held, { ClientRequestToken: id, SecretString: value, VersionStages = ['AWSCURRENT'] }) => {
      if (typeof id !== 'string' || id.length < 32 || id.length > 64)
        return failure('InvalidParameterException', 'ClientRequestToken has a wrong length')
      if (Buffer.byteLength(value) > 65_536)
        return failure('InvalidParameterException', 'SecretString is longer than 65536')
      const known = held.values.get(id)
      if (known !== undefined && known !== value)
        return failure('ResourceExistsException', 'A resource with the ID you requested already exists.')
      held.values.set(id, value)
      for (const name of VersionStages) label(held, name, id)
      return { status: 200, body: { VersionId: id, VersionStages } }
    },
    UpdateSecretVersionStage: (held, { VersionStage: name, MoveToVersionId: to, RemoveFromVersionId: from }) => {
      const at = held.labels.get(name)
      if (at !== undefined && at !== to && at !== from)
        return failure('InvalidParameterException', `The staging label ${name} is currently attached to version ${at}`)
      if (to === undefined) held.labels.delete(name)
      else if (held.values.has(to)) label(held, name, to)
      else return failure('ResourceNotFoundException', 'no such version')
      return { status: 200, body: {} }
    },
  }
  const served = await serveJson(t, ({ headers, body }) => {
    if (!(headers.authorization ?? '').startsWith('AWS4-HMAC-SHA256 Credential='))
      return failure('MissingAuthenticationTokenException', 'no signature', 403)
    const name = (headers['x-amz-target'] ?? '').replace('secretsmanager.', '')
    if (denied.has(name))
      return failure('AccessDeniedException', `User: arn:x is not authorized to perform: secretsmanager:${name}`)
    const held = secrets.get(body.SecretId)
    const operation = operations[name]
    if (held === undefined || operation === undefined)
      return failure('ResourceNotFoundException', `Secrets Manager can't find the specified secret.`)
    return operation(held, body)
  })
  return Object.assign(served, {
    secrets,
    denied,
    make: (id: string, value: string | null) => {
      const first = 'version-0000-0000-0000-0000-000000000000'
      secrets.set(id, {
        values: new Map(value === null ? [] : [[first, value]]),
        labels: new Map(value === null ? [] : [['AWSCURRENT', first]]),
        rotation: false,
      })
    },
    /** Somebody else's PutSecretValue. */
    put: (id: string, value: string) => {
      const held = secrets.get(id)
      if (held === undefined) throw new Error(`no ${id}`)
      const version = `other-${held.values.size}`.padEnd(32, '0')
      held.values.set(version, value)
      label(held, 'AWSCURRENT', version)
    },
    now: (id: string) => {
      const held = secrets.get(id)
      return held?.values.get(held.labels.get('AWSCURRENT') ?? '') ?? null
    },
    labelsOf: (id: string) => {
      const held = secrets.get(id)
      return held === undefined ? {} : stages(held)
    },
  })
}

/** The SDK looks into `process.env` for these. */
export const awsCredentials = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test', AWS_REGION: 'eu-central-1' }
