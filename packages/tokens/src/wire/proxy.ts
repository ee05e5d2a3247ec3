/**
 * Which proxy a request goes through, and the tunnel through it.
 *
 * HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY are read from the record that was passed in, upper or lower case, the
 * way curl and Go read them. Everything goes through CONNECT (RFC 9110 §9.3.6): plain HTTP is spoken with loopback
 * only, and loopback is never proxied.
 */
import type { Socket } from 'node:net'
import { BlockList, isIP } from 'node:net'
import { KeyturnError } from '../errors.ts'
import { isLoopbackHost } from './hosts.ts'
import { responseReader } from './response.ts'

export type Environment = Readonly<Record<string, string | undefined>>

interface Proxy {
  readonly tls: boolean
  readonly host: string
  readonly port: number
  /** The value of Proxy-Authorization; never printed. */
  readonly authorization: string | null
}

/** The proxy for this URL; null: go there directly. Throws CONFIG_INVALID for a proxy we can't use. */
export function proxyFor(url: URL, env: Environment): Proxy | null {
  if (isLoopbackHost(url.hostname) || noProxy(url, read(env, 'NO_PROXY'))) return null
  const name = url.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY'
  // A CGI server turns a request's `Proxy` header into HTTP_PROXY (httpoxy, CVE-2016-5385).
  const value = name === 'HTTP_PROXY' && env['REQUEST_METHOD'] ? env['http_proxy'] : read(env, name)
  const text = value || read(env, 'ALL_PROXY')
  return text ? parseProxy(text, value ? name : 'ALL_PROXY') : null
}

const read = (env: Environment, name: string): string => (env[name.toLowerCase()] || env[name] || '').trim()

function parseProxy(text: string, name: string): Proxy {
  const url = URL.parse(/^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`)
  if (!url?.hostname || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    // The text isn't quoted: it may hold a password.
    throw new KeyturnError('CONFIG_INVALID', `${name} names no HTTP proxy that can be used.`, {
      fix: `Set ${name} to http://host:port or https://host:port (SOCKS is not supported).`,
    })
  }
  const tls = url.protocol === 'https:'
  const credentials = url.username || url.password ? `${decode(url.username)}:${decode(url.password)}` : null
  return {
    tls,
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port) || (tls ? 443 : 80),
    authorization: credentials === null ? null : `Basic ${Buffer.from(credentials).toString('base64')}`,
  }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** `*`, a host (and all below it), `.domain`, `*.domain`, an address, a CIDR range; each with an optional port. */
function noProxy(url: URL, list: string): boolean {
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const port = url.port || (url.protocol === 'https:' ? '443' : '80')
  return list
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
    .some((entry) => {
      if (entry === '*') return true
      const [, name = entry, only] = /^(.*?[^:]|\[.*\]):(\d+)$/.exec(entry) ?? []
      if (only !== undefined && isIP(entry) === 0 && only !== port) return false
      const wanted = (isIP(entry) ? entry : name).replace(/^\[|\]$/g, '').toLowerCase()
      if (isIP(host)) return matchesAddress(host, wanted)
      const domain = wanted.replace(/^\*?\./, '')
      return host.endsWith(`.${domain}`) || (host === domain && !/^\*?\./.test(wanted))
    })
}

function matchesAddress(host: string, wanted: string): boolean {
  const [address = '', prefix] = wanted.split('/')
  const family = isIP(address)
  if (family === 0 || family !== isIP(host)) return false
  const kind = family === 4 ? 'ipv4' : 'ipv6'
  const list = new BlockList()
  const bits = Number(prefix ?? (family === 4 ? 32 : 128))
  if (!Number.isInteger(bits) || bits < 0 || bits > (family === 4 ? 32 : 128)) return false
  list.addSubnet(address, bits, kind)
  return list.check(host, kind)
}

/** Asks the proxy, on a connected socket, for a tunnel to `host:port`. Rejects with a plain description. */
export function tunnel(socket: Socket, target: string, authorization: string | null): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const reader = responseReader({ toConnect: true })
  const onData = (bytes: Buffer): void => {
    const progress = reader.take(bytes)
    if (progress === 'unreadable') return finish('the proxy did not answer in HTTP')
    if (!reader.head) return
    const { status } = reader.head
    if (status === 407) return finish('the proxy wants a sign-in (407): put user and password into the proxy URL')
    if (status < 200 || status > 299) return finish(`the proxy refused the connection with status ${status}`)
    // Nothing was asked of the target yet, so nothing can have come from it.
    if (reader.rest().length > 0) return finish('the proxy sent bytes of its own into the tunnel')
    finish(null)
  }
  const onEnd = (): void => finish('the proxy closed the connection')
  const onError = (error: NodeJS.ErrnoException): void => finish(`the connection to the proxy broke (${error.code})`)
  const finish = (failure: string | null): void => {
    socket.off('data', onData).off('end', onEnd).off('close', onEnd).off('error', onError)
    if (failure === null) resolve()
    else reject(new KeyturnError('ENDPOINT_UNREACHABLE', failure))
  }
  socket.on('data', onData).on('end', onEnd).on('close', onEnd).on('error', onError)
  const lines = [`CONNECT ${target} HTTP/1.1`, `Host: ${target}`]
  if (authorization) lines.push(`Proxy-Authorization: ${authorization}`)
  socket.write(`${lines.join('\r\n')}\r\n\r\n`)
  return promise
}
