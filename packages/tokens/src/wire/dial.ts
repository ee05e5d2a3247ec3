/**
 * Opens one connection: DNS, TCP, the tunnel through a proxy, TLS. Nothing of a request is sent here, so a failure here
 * means that it certainly never left, and says at which step.
 */
import { connect as connectTcp, isIP } from 'node:net'
import type { Socket } from 'node:net'
import { KeyturnError } from '../errors.ts'
import type { Network } from './network.ts'
import { proxyFor, tunnel } from './proxy.ts'

type DialStep = 'connect' | 'proxy' | 'tls'

/**
 * A connected socket, encrypted for https. The caller listens to it before anything else happens, and destroys it.
 * Throws ENDPOINT_UNREACHABLE with `data: { host, step, code, left: false }`.
 */
export async function dial(url: URL, net: Network, signal?: AbortSignal): Promise<Socket> {
  const { hostname, protocol } = url
  const host = hostname.replace(/^\[|\]$/g, '')
  const port = Number(url.port) || (protocol === 'https:' ? 443 : 80)
  const proxy = proxyFor(url, net.env)
  const opened: Socket[] = []
  const limit = new AbortController()
  let step: DialStep = proxy ? 'proxy' : 'connect'

  const connect = async (): Promise<Socket> => {
    // Before the connection is there: an end that comes while nobody reads would never be heard of by TLS.
    const encrypt = protocol === 'https:' || proxy?.tls === true ? await encryption() : null
    // Whoever waited for this connection has given up meanwhile: nobody would close it.
    if (limit.signal.aborted) throw unreachable(host, step, null, 'it was given up')
    let socket = connectTcp(proxy ? { host: proxy.host, port: proxy.port } : { host, port })
    opened.push(socket)
    await ready(socket, 'connect')
    socket.setNoDelay(true)
    if (proxy) {
      if (proxy.tls && encrypt !== null) socket = await encrypt(socket, proxy.host)
      await tunnel(socket, `${hostname}:${port}`, proxy.authorization)
    }
    if (protocol === 'https:' && encrypt !== null) {
      step = 'tls'
      socket = await encrypt(socket, host)
    }
    return socket
  }
  const encryption = async () => {
    const { connect: connectTls } = await import('node:tls')
    const secureContext = await net.secureContext()
    return async (socket: Socket, name: string): Promise<Socket> => {
      const secure = connectTls({
        socket,
        host: name,
        // RFC 6066 §3: no address in the server name.
        ...(isIP(name) === 0 && { servername: name }),
        secureContext,
        ALPNProtocols: ['http/1.1'],
        rejectUnauthorized: true,
      })
      opened.push(secure)
      await ready(secure, 'secureConnect')
      return secure
    }
  }
  const tooLate = async (): Promise<never> => {
    await net.clock.sleep(net.connectTimeout, limit.signal)
    throw unreachable(host, step, 'TIMEOUT', `no connection within ${net.connectTimeout} ms`)
  }
  const aborted = new Promise<never>((_, reject) => {
    const abort = (): void => reject(signal?.reason as Error)
    if (signal?.aborted) abort()
    signal?.addEventListener('abort', abort, { once: true, signal: limit.signal })
  })

  try {
    return await Promise.race([connect(), tooLate(), aborted])
  } catch (error) {
    for (const socket of opened.reverse()) socket.destroy()
    if (signal?.aborted) throw error
    throw describe(host, step, error)
  } finally {
    limit.abort()
    // A loser of the race has been heard.
    aborted.catch(() => {})
  }
}

function ready(socket: Socket, event: 'connect' | 'secureConnect'): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const closed = (): void => reject(new KeyturnError('ENDPOINT_UNREACHABLE', 'the other side closed the connection'))
  // For good: a socket without this listener takes the process down.
  socket.on('error', reject)
  socket.once('close', closed)
  socket.once(event, () => {
    socket.off('close', closed)
    resolve()
  })
  return promise
}

const unreachable = (
  host: string,
  step: DialStep,
  code: string | null,
  why: string,
): KeyturnError<'ENDPOINT_UNREACHABLE'> =>
  new KeyturnError('ENDPOINT_UNREACHABLE', `${host} could not be reached: ${why}.`, {
    data: { host, step, code, left: false },
  })

const untrusted = new Set([
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
])

const reasons: Readonly<Record<string, string>> = {
  ENOTFOUND: 'its name is unknown (DNS)',
  EAI_AGAIN: 'its name could not be looked up now (DNS)',
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection was reset',
  ETIMEDOUT: 'the network timed out',
  EHOSTUNREACH: 'there is no route to it',
  ENETUNREACH: 'there is no network',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
  CERT_HAS_EXPIRED: 'its certificate has expired',
}

function describe(host: string, step: DialStep, error: unknown): KeyturnError {
  if (error instanceof KeyturnError) {
    if ('left' in error.data || error.code !== 'ENDPOINT_UNREACHABLE') return error
    return unreachable(host, step, null, error.message)
  }
  const code = (error as NodeJS.ErrnoException).code ?? 'unknown error'
  const where = step === 'proxy' ? 'at the proxy: ' : step === 'tls' ? 'TLS failed: ' : ''
  const why = untrusted.has(code)
    ? 'its certificate was issued by an authority that is not trusted here; name a corporate one with caFile'
    : (reasons[code] ?? 'the connection failed')
  return unreachable(host, step, code, `${where}${why} (${code})`)
}
