/**
 * How this process reaches the outside: proxy, trusted certificates, time to connect. Prepared once and passed to
 * everything that opens a connection; there is no global state.
 */
import { readFile } from 'node:fs/promises'
import type { Agent } from 'node:http'
import { createSecureContext, getCACertificates } from 'node:tls'
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
  readonly secureContext: SecureContext
  /** Kept connections of `request`, by origin. Spends never use them. */
  readonly agents: Map<string, Agent>
  /** Closes the kept connections. */
  close(): void
}

export async function prepareNetwork(options: NetworkOptions): Promise<Network> {
  const { clock, env, connectTimeout = 15_000 } = options
  const extra = [
    options.ca,
    options.caFile && (await readPem(options.caFile, 'caFile')),
    env['NODE_EXTRA_CA_CERTS'] && (await readPem(env['NODE_EXTRA_CA_CERTS'], 'NODE_EXTRA_CA_CERTS')),
  ].filter((pem): pem is string => typeof pem === 'string' && pem !== '')
  const system = options.systemCa || env['NODE_USE_SYSTEM_CA'] === '1' ? getCACertificates('system') : []
  // Without additions `ca` stays unset: Node then uses its own store, parsed once for the whole process.
  const ca = extra.length + system.length > 0 ? [...getCACertificates('default'), ...system, ...extra] : undefined
  const agents = new Map<string, Agent>()
  return {
    clock,
    env,
    connectTimeout,
    secureContext: trusting(ca),
    agents,
    close() {
      for (const agent of agents.values()) agent.destroy()
      agents.clear()
    },
  }
}

function trusting(ca: string[] | undefined): SecureContext {
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
