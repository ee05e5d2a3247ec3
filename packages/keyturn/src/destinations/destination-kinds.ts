/** Every kind of destination: one folder each, one line here. */
import type * as z from 'zod'
import { awsSecretsManager } from './aws-secrets-manager/aws-secrets-manager.ts'
import { command } from './command/command.ts'
import type { Destination, DestinationParts } from './destination.ts'
import { envFile } from './env-file/env-file.ts'
import { githubActionsSecret } from './github-actions-secret/github-actions-secret.ts'
import { jsonFile } from './json-file/json-file.ts'
import { kubernetesSecret } from './kubernetes-secret/kubernetes-secret.ts'
import { vault } from './vault/vault.ts'
import { yamlFile } from './yaml-file/yaml-file.ts'

export const destinationKinds = [
  envFile,
  jsonFile,
  yamlFile,
  command,
  vault,
  awsSecretsManager,
  kubernetesSecret,
  githubActionsSecret,
] as const

type Kinds = typeof destinationKinds

type SchemasOf<T extends readonly { readonly settings: unknown }[]> = { readonly [K in keyof T]: T[K]['settings'] }

/** The schemas, for the section of keyturn.yaml. */
export const destinationSchemas = destinationKinds.map(({ settings }) => settings) as unknown as SchemasOf<Kinds>

export type DestinationSettings = z.infer<Kinds[number]['settings']>

/** The kinds by their names, with settings that were checked by the very schema of the kind. */
interface AnyKind {
  readonly describe: (settings: DestinationSettings) => string
  readonly open: (settings: DestinationSettings, parts: DestinationParts) => Destination
}

const byName: ReadonlyMap<string, AnyKind> = new Map(
  destinationKinds.map((kind) => [kind.kind, kind as unknown as AnyKind]),
)

const kindOf = ({ kind }: DestinationSettings): AnyKind => {
  const found = byName.get(kind)
  if (found === undefined) throw new TypeError(`no destination of kind ${kind}`)
  return found
}

/** Touches nothing. */
export const openDestination = (settings: DestinationSettings, parts: DestinationParts): Destination =>
  kindOf(settings).open(settings, parts)

/** Where it is, in one line and without a secret. */
export const describeDestination = (settings: DestinationSettings): string => kindOf(settings).describe(settings)
