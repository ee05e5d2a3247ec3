/**
 * Where a request came from and what it is for: peer, listener, host name, org. All of it is under the peer's control,
 * so a forwarded address counts only from a trusted proxy, and a Host header only when it looks like one.
 */
import type { IncomingMessage } from 'node:http'
import { TLSSocket } from 'node:tls'
import type { FastifyRequest } from 'fastify'
import { KeyturnError } from '@keyturn/tokens'
import type { BrokerSettings, ListenerSettings } from './broker-settings.ts'
import type { Presented } from './caller.ts'

/** Which listener a request came in by. */
export const listeners = new WeakMap<IncomingMessage, ListenerSettings>()

/** With underscores: compose services and nginx upstreams have them. */
const hostPattern = /^([a-z0-9_](?:[a-z0-9._-]{0,251}[a-z0-9_])?|\[[0-9a-f:.]{2,45}\])(?::(\d{1,5}))?$/i

/** Asked several times for each request, of the same few names. */
const known = new Map<string, string | null>()
const MOST_KNOWN = 1000
const LONGEST_KNOWN = 300

const nameIn = (written: string): string | null => {
  const before = known.get(written)
  if (before !== undefined) return before
  const name = hostPattern.exec(written)?.[1]?.toLowerCase() ?? null
  // Anything can stand there, and nobody may fill the memory with it.
  if (written.length > LONGEST_KNOWN) return name
  if (known.size >= MOST_KNOWN) known.clear()
  known.set(written, name)
  return name
}

const hostOf = (request: FastifyRequest): { readonly name: string; readonly written: string } => {
  const written = request.raw.headers.host ?? ''
  const name = nameIn(written)
  if (name === null) throw new KeyturnError('BAD_ARGUMENT', 'The Host header names no host')
  return { name, written }
}

/** Final: no client may take it for an outage, or for a word about its credentials. */
export class HostNotServed extends KeyturnError<'BAD_ARGUMENT'> {
  constructor() {
    super('BAD_ARGUMENT', 'This host is not served here', {
      fix: 'Call the broker by one of its names, or add this one to `hosts` in the section broker of keyturn.yaml.',
    })
  }
}

interface Where {
  baseUrl(request: FastifyRequest): string
  orgOf(request: FastifyRequest): string | null
  addressOf(request: FastifyRequest): string | null
  transportProof(request: FastifyRequest): Presented | null
  isOurs(request: FastifyRequest, audience: string): boolean
  /** Throws HostNotServed for a host that is not ours, BAD_ARGUMENT for a header that names none. */
  checkHost(request: FastifyRequest): void
}

/** What stands behind scheme and host in an audience: nothing, the token endpoint, either of them below /orgs/NAME. */
const audiencePaths = /^(\/orgs\/[^/]+)?(\/|\/services\/oauth2\/token)?$/

const pathOrg = (url: string): string | null =>
  url.startsWith('/orgs/') ? (/^\/orgs\/([^/?#]+)/.exec(url)?.[1] ?? null) : null

/** `192.0.2.7:4711` and `[2001:db8::7]:4711` are addresses with ports, `2001:db8::7` is none. */
const withoutPort = (hop: string): string => {
  const text = hop.trim()
  return (/^([\d.]+):\d+$/.exec(text) ?? /^\[([^\]]*)\](?::\d+)?$/.exec(text))?.[1] ?? text
}

export const whereOf = (settings: BrokerSettings): Where => {
  const byName = new Map(settings.orgs.map((org) => [org.name.toLowerCase(), org]))
  const byHost = new Map(settings.orgs.flatMap((org) => org.hosts.map((host) => [host, org] as const)))
  const names = new Set([...(settings.hosts ?? []), ...byHost.keys()])
  if (settings.publicUrl !== null) names.add(new URL(settings.publicUrl).hostname)
  const listenerOf = (request: FastifyRequest): ListenerSettings | null => listeners.get(request.raw) ?? null

  const peer = (request: FastifyRequest): string | null =>
    listenerOf(request)?.socket == null ? (request.raw.socket.remoteAddress ?? '') : null

  /** The nearest address on the way that is no trusted proxy. Azure's gateways write the port behind it. */
  const addressOf = (request: FastifyRequest): string | null => {
    const direct = peer(request)
    if (direct === null || !settings.trustedProxies.includes(direct)) return direct
    const header = request.raw.headers['x-forwarded-for']
    const hops = (Array.isArray(header) ? header.join(',') : (header ?? '')).split(',').map(withoutPort)
    const client = hops.toReversed().find((hop) => hop !== '' && !settings.trustedProxies.includes(hop))
    return client ?? direct
  }

  const schemeOf = (request: FastifyRequest): string => {
    const direct = peer(request)
    const told = request.raw.headers['x-forwarded-proto']
    const trusted = direct !== null && settings.trustedProxies.includes(direct)
    if (trusted && (told === 'https' || told === 'http')) return told
    return listenerOf(request)?.tls == null ? 'http' : 'https'
  }

  return {
    addressOf,
    baseUrl: (request) => {
      const org = pathOrg(request.raw.url ?? '')
      const own = settings.publicUrl
      const { name, written } = hostOf(request)
      // An org with a host name of its own is known by that one, and what came by a caller's own socket has to stay there:
      // its session is good nowhere else.
      const asWritten = own === null || byHost.has(name) || listenerOf(request)?.name != null
      const base = asWritten ? `${schemeOf(request)}://${written}` : own
      return org === null ? base : `${base}/orgs/${org}`
    },
    orgOf: (request) => {
      const named = pathOrg(request.raw.url ?? '')
      if (named !== null) {
        let name: string
        try {
          name = decodeURIComponent(named)
        } catch {
          throw new KeyturnError('BAD_ARGUMENT', 'The org’s name in the path is not encoded')
        }
        // A grant needs no entry in the configuration to be reached by its path.
        return byName.get(name.toLowerCase())?.grant ?? name
      }
      const listener = listenerOf(request)
      if (listener?.org != null) return byName.get(listener.org.toLowerCase())?.grant ?? listener.org
      return byHost.get(nameIn(request.raw.headers.host ?? '') ?? '')?.grant ?? null
    },
    transportProof: (request) => {
      const listener = listenerOf(request)
      if (listener?.socket != null) return listener.name === null ? null : { kind: 'socket', name: listener.name }
      const { socket } = request.raw
      if (!(socket instanceof TLSSocket) || !socket.authorized || listener?.tls?.clientCa == null) return null
      const { fingerprint256 } = socket.getPeerCertificate()
      return typeof fingerprint256 === 'string' && fingerprint256 !== ''
        ? { kind: 'certificate', fingerprint: fingerprint256.replaceAll(':', '').toLowerCase() }
        : null
    },
    checkHost: (request) => {
      const { name } = hostOf(request)
      if (settings.hosts !== null && listenerOf(request)?.socket == null && !settings.hosts.has(name))
        throw new HostNotServed()
    },
    isOurs: (request, audience) => {
      const url = URL.parse(audience)
      if (url === null || !audiencePaths.test(url.pathname) || url.search !== '' || url.username !== '') return false
      if (names.has(url.hostname.toLowerCase())) return true
      // Not what the Host header says: whoever sends a stolen assertion writes that, too.
      const { localAddress, localPort } = request.raw.socket
      const port = Number(url.port || (url.protocol === 'https:' ? 443 : 80))
      const here = (localAddress ?? '').replace(/^::ffff:/i, '')
      const loopback = here === '::1' || here.startsWith('127.')
      const host = url.hostname.replace(/^\[|\]$/g, '')
      return port === localPort && (host === here || (loopback && host === 'localhost'))
    },
  }
}
