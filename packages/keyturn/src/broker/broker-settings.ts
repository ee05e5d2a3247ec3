/** The section `broker:` with every default filled in, and what can be wrong with it that a schema can't see. */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { KeyturnError } from '@keyturn/tokens'
import type { Secret } from '@keyturn/tokens'
import { resolveReference } from '@keyturn/tokens/maintenance'
import type { Resolvers } from '@keyturn/tokens/maintenance'
import type { BrokerSection } from '../config/broker-section.ts'
import { anchored } from '../reference.ts'
import { addressRanges } from './callers/address-ranges.ts'
import type { AddressRanges } from './callers/address-ranges.ts'
import type { Level } from './log.ts'
import { traceSettings } from './traces/trace-settings.ts'
import type { TraceSettings } from './traces/trace-settings.ts'

export interface ListenerTls {
  readonly cert: string
  readonly key: Secret
  readonly clientCa: string | null
}

export interface ListenerSettings {
  readonly host: string
  readonly port: number
  readonly socket: string | null
  readonly mode: number
  /** Of the Unix socket. */
  readonly name: string | null
  readonly org: string | null
  readonly tls: ListenerTls | null
}

export interface OrgSettings {
  readonly name: string
  readonly grant: string
  readonly hosts: readonly string[]
  readonly ipLocked: boolean
  /** Who is asked to sign in again: a name of notify.owners, or a mail address. */
  readonly owner: string | null
}

export interface BrokerSettings {
  readonly listen: readonly ListenerSettings[]
  readonly publicUrl: string | null
  /** Null: any. */
  readonly hosts: ReadonlySet<string> | null
  readonly trustedProxies: AddressRanges
  readonly orgs: readonly OrgSettings[]
  readonly reauthorise: {
    /** How long a link can be used, ms. */
    readonly linkLife: number
    /** Of orgs that name none. */
    readonly owner: string | null
  }
  readonly limits: {
    readonly body: number
    readonly headers: number
    readonly request: number
    readonly idle: number
    readonly connections: number
    readonly grace: number
    /** For a connection to an org, and for its answer to begin, ms. */
    readonly connect: number
    readonly answer: number
    readonly staleMax: number
  }
  readonly metricsRanges: AddressRanges
  /** Null: no collector is named. */
  readonly traces: TraceSettings | null
  readonly log: Level | 'silent'
  readonly usageEvery: number
  readonly sweepEvery: number
}

export const defaultPort = 8787

const invalid = (message: string, fix?: string): KeyturnError =>
  new KeyturnError('CONFIG_INVALID', `broker: ${message}`, fix === undefined ? {} : { fix })

const readPem = (path: string, folder: string, what: string): string => {
  let text: string
  try {
    text = readFileSync(resolve(folder, path), 'utf8')
  } catch (error) {
    throw invalid(`${what} ${path} can’t be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`)
  }
  if (!text.includes('-----BEGIN CERTIFICATE-----')) throw invalid(`${what} ${path} holds no certificate in PEM`)
  return text
}

type Listener = NonNullable<BrokerSection['listen']>[number]

const listenerOf = async (
  { host = '127.0.0.1', port = 0, socket, mode = '0600', name, org, tls }: Listener,
  folder: string,
  env: Readonly<Record<string, string | undefined>>,
  resolvers: Resolvers,
): Promise<ListenerSettings> => {
  if (socket !== undefined && tls !== undefined) throw invalid('a Unix socket has no TLS: its mode guards it')
  if (socket === undefined && name !== undefined) throw invalid('only a Unix socket has a name')
  const path = socket === undefined ? null : resolve(folder, socket)
  // sun_path of Linux, NUL included; macOS has 104.
  if (path !== null && Buffer.byteLength(path) > 103) throw invalid(`the path ${path} is too long for a Unix socket`)
  return {
    host,
    port,
    socket: path,
    mode: Number.parseInt(mode, 8),
    name: socket === undefined ? null : (name ?? null),
    org: org ?? null,
    tls:
      tls === undefined
        ? null
        : {
            cert: readPem(tls.cert, folder, 'the certificate'),
            key: await resolveReference(anchored(tls.key, folder), env, resolvers),
            clientCa: tls.clientCa === undefined ? null : readPem(tls.clientCa, folder, 'the client CA'),
          },
  }
}

const orgsOf = (section: BrokerSection): readonly OrgSettings[] =>
  Object.entries(section.orgs ?? {}).map(([name, { grant = name, hosts = [], ipLocked = false, owner = null }]) => ({
    name,
    grant,
    hosts: hosts.map((each) => each.toLowerCase()),
    ipLocked,
    owner,
  }))

const twice = (values: readonly string[]): string | undefined =>
  values.find((value, index) => values.indexOf(value) !== index)

/** What asking people needs, without certificates and keys: for commands beside the broker. */
export const reauthoriseSettings = (
  section: BrokerSection,
): Pick<BrokerSettings, 'publicUrl' | 'orgs' | 'reauthorise'> => ({
  publicUrl: section.publicUrl ?? null,
  orgs: orgsOf(section),
  reauthorise: {
    linkLife: section.reauthorise?.linkLife ?? 24 * 3_600_000,
    owner: section.reauthorise?.owner ?? null,
  },
})

/** Reads certificates and keys, too. Throws CONFIG_INVALID, REFERENCE_UNRESOLVED. */
export const brokerSettings = async (
  section: BrokerSection,
  folder: string,
  env: Readonly<Record<string, string | undefined>>,
  resolvers: Resolvers = {},
): Promise<BrokerSettings> => {
  const { limits = {} } = section
  const asking = reauthoriseSettings(section)
  const { orgs } = asking
  const shared = twice(orgs.flatMap(({ hosts }) => hosts))
  if (shared !== undefined) throw invalid(`${shared} is the host name of two orgs`)
  const listen = await Promise.all(
    (section.listen ?? [{ port: defaultPort }]).map((each) => listenerOf(each, folder, env, resolvers)),
  )
  for (const { org } of listen)
    if (org !== null && !orgs.some(({ name }) => name === org))
      throw invalid(`a listener is for the org ${org}, which is none of broker.orgs`)
  const ports = listen.flatMap(({ socket, host, port }) => ((socket ?? port === 0) ? [] : [`${host}:${port}`]))
  const same = twice([...ports, ...listen.flatMap(({ socket }) => (socket === null ? [] : [socket]))])
  if (same !== undefined) throw invalid(`two listeners share ${same}`)
  const sameName = twice(listen.flatMap(({ name }) => (name === null ? [] : [name])))
  if (sameName !== undefined) throw invalid(`two sockets are named ${sameName}`)
  const hosts = section.hosts?.map((each) => each.toLowerCase())
  return {
    listen,
    ...asking,
    hosts: hosts === undefined ? null : new Set([...hosts, ...orgs.flatMap((org) => org.hosts)]),
    trustedProxies: ranges(section.trustedProxies ?? [], 'trustedProxies'),
    limits: {
      body: limits.body ?? 160 * 1024 * 1024,
      headers: limits.headers ?? 15_000,
      request: limits.request ?? 600_000,
      idle: limits.idle ?? 65_000,
      connections: limits.connections ?? 10_000,
      grace: limits.grace ?? 20_000,
      connect: limits.connect ?? 10_000,
      answer: limits.answer ?? 620_000,
      staleMax: limits.staleMax ?? 60_000,
    },
    metricsRanges: ranges(section.metrics?.ranges ?? ['127.0.0.0/8', '::1/128'], 'metrics.ranges'),
    traces: traceSettings(section.traces, env),
    log: section.log ?? 'info',
    usageEvery: section.usageEvery ?? 60_000,
    sweepEvery: section.sweepEvery ?? 60_000,
  }
}

const ranges = (list: readonly string[], where: string): AddressRanges => {
  try {
    return addressRanges(list)
  } catch (error) {
    if (error instanceof KeyturnError) throw invalid(`${where}: ${error.message}`, error.fix)
    throw error
  }
}
