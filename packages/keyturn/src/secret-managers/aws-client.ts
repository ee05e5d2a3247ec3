/**
 * AWS Secrets Manager by the official client, loaded on first use, over our own network: the SDK itself honours neither
 * HTTPS_PROXY nor a CA that was named to Keyturn. Credentials are found as the SDK finds them (environment, profiles,
 * SSO, container and instance roles); those that it fetches from the machine's own metadata address go their own way.
 */
import type * as Sdk from '@aws-sdk/client-secrets-manager'
import type { SecretsManagerClient, SecretsManagerClientConfig } from '@aws-sdk/client-secrets-manager'
import { KeyturnError } from '@keyturn/tokens'
import { request } from '@keyturn/tokens/maintenance'
import type { Network } from '@keyturn/tokens/maintenance'
import { asUnreachable, changed, notReady, refused, unreachable } from './refusals.ts'
import { withNetwork } from './surroundings.ts'
import type { Surroundings } from './surroundings.ts'

interface AwsPlace {
  readonly region?: string | undefined
  readonly profile?: string | undefined
  /** Another endpoint: LocalStack, a VPC endpoint. */
  readonly endpoint?: string | undefined
}

export interface AwsSecrets {
  readonly client: SecretsManagerClient
  readonly sdk: typeof Sdk
}

type Handler = Extract<NonNullable<SecretsManagerClientConfig['requestHandler']>, { handle: unknown }>

/** The part of the SDK's request that a signed call has; the SDK's own type is of a package that isn't ours to name. */
interface HttpRequest {
  readonly protocol: string
  readonly hostname: string
  readonly port?: number
  readonly path: string
  readonly method: string
  readonly query?: Readonly<Record<string, string | readonly string[] | null>>
  readonly headers: Readonly<Record<string, string>>
  readonly body?: unknown
}

/** `https://` + what the SDK signed, sent by our own wire: proxy, CA, time limits, and no byte of it in an error. */
const handlerOver = (net: Network): Handler => {
  const handle = async (outgoing: HttpRequest) => {
    const { protocol, hostname, port, path, query = {}, method, headers, body } = outgoing
    const url = new URL(`${protocol}//${hostname}${port === undefined ? '' : `:${port}`}${path}`)
    for (const [name, value] of Object.entries(query))
      for (const each of [value ?? ''].flat()) url.searchParams.append(name, each)
    const answer = await request(
      url,
      {
        method,
        headers: Object.fromEntries(Object.entries(headers).filter(([name]) => name !== 'content-length')),
        ...(typeof body === 'string' || body instanceof Uint8Array ? { body } : {}),
        timeout: 30_000,
      },
      net,
    )
    return { response: { statusCode: answer.status, headers: { ...answer.headers }, body: answer.body } }
  }
  return {
    handle,
    metadata: { handlerProtocol: 'http/1.1' },
    updateHttpClientConfig: () => {},
    httpHandlerConfigs: () => ({}),
  } as Handler
}

const denials = new Set([
  'AccessDeniedException',
  'UnrecognizedClientException',
  'InvalidSignatureException',
  'ExpiredTokenException',
  'IncompleteSignature',
  'DecryptionFailure',
  'EncryptionFailure',
])

/** What the service or the SDK said, in our codes. Their messages name ARNs and rights, never a value. */
const awsFailure = (error: unknown, where: string): unknown => {
  if (error instanceof KeyturnError) return asUnreachable(error)
  if (!(error instanceof Error)) return error
  const said = `${error.name}: ${error.message}`.replaceAll(/\s+/g, ' ').slice(0, 300)
  if (denials.has(error.name)) return refused(`AWS denies ${where}: ${said}`)
  if (error.name === 'ResourceNotFoundException')
    return notReady(`AWS has no secret ${where}`, 'Make the secret first (name, KMS key and tags are yours to decide).')
  if (error.name === 'CredentialsProviderError' || /region is missing/i.test(error.message))
    return notReady(`AWS is not set up here: ${said}`, 'Set AWS_REGION and credentials as for the aws command.')
  if (error.name === 'ResourceExistsException') return changed(`AWS has this version of ${where} already: ${said}`)
  if (['InvalidParameterException', 'InvalidRequestException', 'LimitExceededException'].includes(error.name))
    return notReady(`AWS can’t take ${where} as it is: ${said}`)
  return unreachable(`AWS Secrets Manager failed at ${where}: ${said}`)
}

export const withAws = <T>(
  { region, profile, endpoint }: AwsPlace,
  surroundings: Surroundings,
  where: string,
  work: (aws: AwsSecrets) => Promise<T>,
): Promise<T> =>
  withNetwork(surroundings, {}, async (net) => {
    const sdk = await import('@aws-sdk/client-secrets-manager')
    const { env } = surroundings
    const named = region ?? env['AWS_REGION'] ?? env['AWS_DEFAULT_REGION']
    const client = new sdk.SecretsManagerClient({
      requestHandler: handlerOver(net),
      ...(named === undefined ? {} : { region: named }),
      ...(profile === undefined ? {} : { profile }),
      ...(endpoint === undefined ? {} : { endpoint }),
    })
    try {
      return await work({ client, sdk })
    } catch (error) {
      throw awsFailure(error, where)
    } finally {
      client.destroy()
    }
  })
