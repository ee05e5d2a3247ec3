/**
 * Sockets: one server for each listener, all feeding the same app. HTTP, HTTPS and Unix sockets differ here only.
 *
 * A Unix socket is guarded by its mode, from its first moment on: the umask is narrowed around `listen`, which makes the
 * file at once; a chmod afterwards would leave a gap. Node can't read who connected (SO_PEERCRED), so a socket that
 * belongs to one caller has a name, and its owner and mode say who may open it.
 */
import { chmodSync, lstatSync, unlinkSync } from 'node:fs'
import { createServer as createHttp } from 'node:http'
import type { IncomingMessage, RequestListener, Server } from 'node:http'
import { createServer as createHttps } from 'node:https'
import { connect } from 'node:net'
import type { Duplex } from 'node:stream'
import { KeyturnError } from '@keyturn/tokens'
import type { Clock } from '@keyturn/tokens'
import type { BrokerSettings, ListenerSettings } from './broker-settings.ts'
import { limitUpload } from './upload-limit.ts'
import { listeners } from './where.ts'

export interface Listening {
  readonly settings: ListenerSettings
  /** `https://127.0.0.1:8787` or the path of the socket. */
  readonly address: string
  /** Takes no new connection; resolves when the last one has ended. */
  stop(): Promise<void>
  /** Ends connections on which nothing runs. */
  rest(): void
  /** Ends what is still open. */
  cut(): void
}

const LARGEST_HEAD = 32 * 1024
/** How often Node looks for heads and requests that took too long. */
const CHECK_EVERY_MS = 1000

const serverOf = (settings: ListenerSettings, limits: BrokerSettings['limits'], handle: RequestListener): Server => {
  const options = {
    maxHeaderSize: LARGEST_HEAD,
    headersTimeout: Math.min(limits.headers, limits.request),
    // For a body see upload-limit.ts.
    requestTimeout: 0,
    keepAliveTimeout: limits.idle,
    connectionsCheckingInterval: CHECK_EVERY_MS,
    requireHostHeader: true,
    insecureHTTPParser: false,
  }
  const { tls } = settings
  const server: Server =
    tls === null
      ? createHttp(options, handle)
      : createHttps(
          {
            ...options,
            cert: tls.cert,
            key: tls.key.reveal(),
            minVersion: 'TLSv1.2',
            handshakeTimeout: limits.headers,
            // Whoever shows no certificate, or one of another CA, is simply not known by it.
            ...(tls.clientCa === null ? {} : { ca: tls.clientCa, requestCert: true, rejectUnauthorized: false }),
          },
          handle,
        )
  server.maxConnections = limits.connections
  return server
}

/** A socket file that nobody listens on is what a killed process left. */
const removeStale = (path: string): Promise<void> =>
  new Promise((resolve, reject) => {
    if (lstatSync(path, { throwIfNoEntry: false })?.isSocket() !== true) return resolve()
    const probe = connect(path)
    probe.once('connect', () => {
      probe.destroy()
      reject(new KeyturnError('LISTEN_FAILED', `${path} is in use`))
    })
    probe.once('error', () => {
      try {
        unlinkSync(path)
      } catch {
        // Then `listen` says what is wrong with it.
      }
      resolve()
    })
  })

const opened = (server: Server, { host, port, socket, mode }: ListenerSettings): Promise<void> =>
  new Promise((resolve, reject) => {
    const place = socket ?? `${host}:${port}`
    const failed = (error: NodeJS.ErrnoException): void =>
      reject(new KeyturnError('LISTEN_FAILED', `${place} can’t be listened on (${error.code ?? 'unknown'})`))
    server.once('error', failed)
    server.once('listening', () => {
      server.off('error', failed)
      resolve()
    })
    if (socket === null) {
      server.listen({ host, port })
      return
    }
    const before = process.umask(0o777 & ~mode)
    try {
      server.listen({ path: socket })
      chmodSync(socket, mode)
    } catch (error) {
      failed(error as NodeJS.ErrnoException)
    } finally {
      process.umask(before)
    }
  })

export const listen = async (
  settings: ListenerSettings,
  limits: BrokerSettings['limits'],
  handle: RequestListener,
  clock: Clock,
): Promise<Listening> => {
  const unused = new Set<Duplex>()
  let stopping = false
  const server = serverOf(settings, limits, (request: IncomingMessage, response) => {
    limitUpload(request, response, limits.request, clock)
    unused.delete(request.socket)
    listeners.set(request, settings)
    handle(request, response)
  })
  // Browsers and load balancers open connections ahead, and Node counts one that was never used as busy.
  server.on(settings.tls === null ? 'connection' : 'secureConnection', (connection: Duplex) => {
    if (stopping) return void connection.destroy()
    unused.add(connection)
    connection.once('close', () => unused.delete(connection))
    return undefined
  })
  if (settings.socket !== null) await removeStale(settings.socket)
  await opened(server, settings)
  const bound = server.address()
  const scheme = settings.tls === null ? 'http' : 'https'
  const host = settings.host.includes(':') ? `[${settings.host}]` : settings.host
  return {
    settings,
    address:
      settings.socket ??
      `${scheme}://${host}:${bound === null || typeof bound === 'string' ? settings.port : bound.port}`,
    stop: () =>
      new Promise((resolve) => {
        stopping = true
        server.close(() => resolve())
        server.closeIdleConnections()
        for (const connection of unused) connection.destroy()
      }),
    rest: () => server.closeIdleConnections(),
    cut: () => server.closeAllConnections(),
  }
}
