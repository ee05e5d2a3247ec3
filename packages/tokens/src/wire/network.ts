/**
 * How this process reaches the outside: proxy, trusted certificates, time to connect. Prepared once and passed to
 * everything that opens a connection; there is no global state.
 */
import { readFile } from 'node:fs/promises'
import type { Agent } from 'node:http'
import type { SecureContext } from 'node:tls'
import type { Clock } from '../clock.ts'
import { KeyturnError } from '../errors.ts'
import type { Environment } from './proxy.ts'

export interface NetworkOptions {
  readonly clock: Clock
  /** HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY, NODE_EXTRA_CA_CERTS, NODE_USE_SYSTEM_CA. */
  readonly env: Environment
  /** PEM text or file of further authorities, in addition to the usual ones. */
  readonly ca?: string | undefined
  readonly caFile?: string | undefined
  /** Trust the operating system's store, too. */
  readonly systemCa?: boolean | undefined
  /** For DNS, TCP, proxy and TLS together, ms. */
  readonly connectTimeout?: number | undefined
}

export interface Network {
  readonly clock: Clock
  readonly env: Environment
  readonly connectTimeout: number
  /** Read and parsed when the first TLS connection needs it: a token from the store needs none. */
  secureContext(): Promise<SecureContext>
  /** Kept connections of `request`, by origin. Spends never use them. */
  readonly agents: Map<string, Agent>
  /** Closes the kept connections. */
  close(): void
}

/** What is wrong with the certificates is found at the first connection. */
export function lazyNetwork(options: NetworkOptions): Network {
  const agents = new Map<string, Agent>()
  let context: Promise<SecureContext> | null = null
  return {
    clock: options.clock,
    env: options.env,
    connectTimeout: options.connectTimeout ?? 15_000,
    secureContext: () => (context ??= trusted(options)),
    agents,
    close() {
      for (const agent of agents.values()) agent.destroy()
      agents.clear()
    },
  }
}

/** As `lazyNetwork`, with the certificates read: what is wrong with them is thrown here. */
export async function prepareNetwork(options: NetworkOptions): Promise<Network> {
  const network = lazyNetwork(options)
  await network.secureContext()
  return network
}

async function trusted({ env, ...options }: NetworkOptions): Promise<SecureContext> {
  const { createSecureContext, getCACertificates } = await import('node:tls')
  const extra = [
    options.ca,
    options.caFile && (await readPem(options.caFile, 'caFile')),
    env['NODE_EXTRA_CA_CERTS'] && (await readPem(env['NODE_EXTRA_CA_CERTS'], 'NODE_EXTRA_CA_CERTS')),
  ].filter((pem): pem is string => typeof pem === 'string' && pem !== '')
  const system = options.systemCa || env['NODE_USE_SYSTEM_CA'] === '1' ? getCACertificates('system') : []
  // Without additions `ca` stays unset: Node then uses its own store, parsed once for the whole process.
  const ca = extra.length + system.length > 0 ? [...getCACertificates('default'), ...system, ...extra] : undefined
  try {
    return createSecureContext({ minVersion: 'TLSv1.2', ...(ca && { ca }) })
  } catch (error) {
    throw new KeyturnError('CONFIG_INVALID', 'The additional certificate authorities are not valid PEM certificates.', {
      cause: error,
    })
  }
}

async function readPem(file: string, name: string): Promise<string> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error'
    throw new KeyturnError('CONFIG_INVALID', `The certificates of ${name} can't be read: ${file} (${code}).`)
  }
  if (text.includes('-----BEGIN CERTIFICATE-----')) return text
  throw new KeyturnError('CONFIG_INVALID', `${name} names ${file}, which holds no PEM certificate.`)
}
