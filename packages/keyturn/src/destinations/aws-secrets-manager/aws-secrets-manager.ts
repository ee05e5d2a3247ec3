/**
 * AWS Secrets Manager. The new value is put beside the old one under AWSPENDING, then AWSCURRENT is moved to it from the
 * very version that was read: if somebody else moved it meanwhile, AWS refuses and nothing readers see has changed. The
 * version's id follows from the credential's version and the one it replaces, so that a repetition finds its own work.
 */
import { createHash } from 'node:crypto'
import * as z from 'zod'
import { withAws } from '../../secret-managers/aws-client.ts'
import type { AwsSecrets } from '../../secret-managers/aws-client.ts'
import { isObject } from '../../secret-managers/json-answer.ts'
import type { JsonObject } from '../../secret-managers/json-answer.ts'
import { changed, notReady } from '../../secret-managers/refusals.ts'
import { defineKind } from '../destination.ts'
import type { DestinationValue } from '../destination.ts'
import { fieldMap, joinFields, placed } from '../field-map.ts'
import { problemsOf } from '../problems.ts'

const settings = z
  .strictObject({
    kind: z.literal('aws-secrets-manager'),
    secretId: z.string().min(1).max(2048).describe('Name or ARN of a secret that exists'),
    fields: fieldMap(/^.+$/, 'must be a key')
      .optional()
      .describe('Key of its JSON: field of the credential; default: each under its own name'),
    plain: z
      .string()
      .regex(/^[A-Za-z]\w*(\+[A-Za-z]\w*)*$/, 'must be a field such as password')
      .optional()
      .describe('The whole text is this field instead of JSON'),
    region: z.string().min(1).optional().describe('Default: as the AWS SDK finds it'),
    profile: z.string().min(1).optional().describe('Profile of the shared AWS configuration'),
    endpoint: z
      .string()
      .regex(/^https?:\/\/[^\s/@]+(\/[^\s@]*)?$/, 'must be a URL')
      .optional()
      .describe('Another endpoint, such as a VPC endpoint'),
  })
  .refine(({ fields, plain }) => fields === undefined || plain === undefined, {
    message: 'has either fields or plain',
  })

interface Now {
  /** Null: the secret has no value yet. */
  readonly version: string | null
  readonly text: string | null
  readonly pending: string | null
  readonly rotatedByAws: boolean
}

const lookUp = async ({ client, sdk }: AwsSecrets, id: string): Promise<Now> => {
  const told = await client.send(new sdk.DescribeSecretCommand({ SecretId: id }))
  const labels = Object.entries(told.VersionIdsToStages ?? {})
  const labelled = (label: string): string | null => labels.find(([, stages]) => stages.includes(label))?.[0] ?? null
  const version = labelled('AWSCURRENT')
  const rest = { version, pending: labelled('AWSPENDING'), rotatedByAws: told.RotationEnabled === true }
  if (version === null) return { ...rest, text: null }
  const { SecretString: text } = await client.send(new sdk.GetSecretValueCommand({ SecretId: id, VersionId: version }))
  if (text === undefined) throw notReady(`${id} holds bytes, no text`, 'Use a secret of its own for this credential.')
  return { ...rest, text }
}

const objectOf = (text: string, id: string): JsonObject => {
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    parsed = null
  }
  if (isObject(parsed)) return parsed
  throw notReady(`${id} holds no JSON object`, 'Set `plain: FIELD` to write the whole text, or use another secret.')
}

/** The text that is to stand there; what stands there already in other keys stays. */
const textOf = ({ plain, fields, secretId }: z.infer<typeof settings>, value: DestinationValue, now: string | null) => {
  if (plain !== undefined) return joinFields(value, plain).reveal()
  const wanted = Object.fromEntries(
    [...placed(value, fields, (field) => field)].map(([key, secret]) => [key, secret.reveal()]),
  )
  const old = now === null ? {} : objectOf(now, secretId)
  const same = now !== null && Object.entries(wanted).every(([key, text]) => old[key] === text)
  return same ? now : JSON.stringify({ ...old, ...wanted })
}

const largest = 65_536

export const awsSecretsManager = defineKind({
  kind: 'aws-secrets-manager',
  settings,
  describe: ({ secretId }) => secretId,
  open: (given, parts) => {
    const { secretId: id } = given
    const at = `aws:${id}`
    const opened = <T>(work: (aws: AwsSecrets) => Promise<T>): Promise<T> => withAws(given, parts, id, work)
    const move = ({ client, sdk }: AwsSecrets, label: string, to: string | undefined, from: string | undefined) =>
      client.send(
        new sdk.UpdateSecretVersionStageCommand({
          SecretId: id,
          VersionStage: label,
          ...(to === undefined ? {} : { MoveToVersionId: to }),
          ...(from === undefined ? {} : { RemoveFromVersionId: from }),
        }),
      )
    /** From the version that was read: AWS refuses when the label is on another one by now. */
    const makeCurrent = (aws: AwsSecrets, to: string, from: string) =>
      move(aws, 'AWSCURRENT', to, from).catch((error: unknown) => {
        if (error instanceof Error && error.name === 'InvalidParameterException')
          throw changed(`${id} was given another value by somebody else at the same moment`)
        throw error
      })
    return {
      kind: 'aws-secrets-manager',
      name: parts.name,
      preflight: () =>
        problemsOf(() =>
          opened(async (aws) => {
            const now = await lookUp(aws, id)
            if (given.plain === undefined && now.text !== null) objectOf(now.text, id)
            if (!now.rotatedByAws) return []
            return [
              {
                code: 'DESTINATION_NOT_READY',
                text: `AWS rotates ${id} itself`,
                next: 'Switch off its rotation (aws secretsmanager cancel-rotate-secret): one of the two must do it.',
              },
            ]
          }),
        ),
      write: (value) =>
        opened(async (aws) => {
          const { client, sdk } = aws
          const now = await lookUp(aws, id)
          if (now.rotatedByAws) throw notReady(`AWS rotates ${id} itself`, 'Switch off its rotation.')
          const text = textOf(given, value, now.text)
          if (Buffer.byteLength(text) > largest) throw notReady(`${id} would be longer than ${largest} bytes`)
          if (text === now.text) {
            // What a process that died after the switch left behind; AWS would take it for a rotation under way.
            if (now.pending !== null && now.pending === now.version)
              await move(aws, 'AWSPENDING', undefined, now.pending)
            return { changed: false, at }
          }
          const base = now.version
          const next = createHash('sha256')
            .update(JSON.stringify([value.version, base, id]))
            .digest('hex')
          await client.send(
            new sdk.PutSecretValueCommand({
              SecretId: id,
              ClientRequestToken: next,
              SecretString: text,
              VersionStages: [base === null ? 'AWSCURRENT' : 'AWSPENDING'],
            }),
          )
          if (base === null) return { changed: true, at }
          await makeCurrent(aws, next, base)
          await move(aws, 'AWSPENDING', undefined, next)
          return { changed: true, at, previous: JSON.stringify({ before: base, after: next }) }
        }),
      readBack: (value) =>
        opened(async (aws) => {
          const { text } = await lookUp(aws, id)
          return text !== null && textOf(given, value, text) === text ? 'same' : 'different'
        }),
      rollBack: (previous) =>
        opened(async (aws) => {
          const { before, after } = handle.parse(JSON.parse(previous))
          const { version } = await lookUp(aws, id)
          if (version === before) return { changed: false, at }
          if (version !== after) throw changed(`${id} was given another value since`)
          await makeCurrent(aws, before, after)
          return { changed: true, at }
        }),
    }
  },
})

const handle = z.object({ before: z.string(), after: z.string() })
