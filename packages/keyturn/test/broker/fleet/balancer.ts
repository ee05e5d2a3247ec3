/**
 * A load balancer as people put one before three replicas: callers know its address; a request goes to the caller's
 * usual replica, or to the next while that one is unhealthy. It repeats nothing that may have reached a replica, so
 * whatever a replica answers (or fails to), the caller sees.
 */
import { once } from 'node:events'
import { Agent, createServer, request } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { systemClock } from '@keyturn/tokens'

export interface Backend {
  /** Null: it does not run. */
  readonly url: string | null
}

export interface Balancer {
  /** One address for each replica: its callers' usual one. */
  readonly urls: readonly string[]
  /** What was wrong is mended: everybody is tried again. */
  forgive(): void
  /** Whether all of them get requests now. */
  allIn(): boolean
  /** Since the last time: requests passed to each, and those that ended in 502, 503 or 504. */
  counted(): readonly { readonly passed: number; readonly failed: number }[]
  close(): void
}

/**
 * As nginx's `fail_timeout`: who failed gets no new requests for a while. Longer than any fault lasts, also on a slow
 * machine: whoever mends one says so (`forgive`).
 */
const PENALTY_MS = 600_000
const LOOK_EVERY_MS = 500

export const openBalancer = async (backends: readonly Backend[]): Promise<Balancer> => {
  const agent = new Agent({ keepAlive: true, maxFreeSockets: 256 })
  const downUntil = backends.map(() => 0)
  const closing = new AbortController()
  let counts = backends.map(() => ({ passed: 0, failed: 0 }))
  const penalise = (at: number): void => {
    downUntil[at] = systemClock.boot() + PENALTY_MS
    const count = counts[at]
    if (count !== undefined) count.failed += 1
  }
  const healthy = (at: number): boolean => backends[at]?.url != null && (downUntil[at] ?? 0) <= systemClock.boot()

  const watch = async (at: number): Promise<void> => {
    while (!closing.signal.aborted) {
      const url = backends[at]?.url ?? null
      const limit = AbortSignal.any([closing.signal, AbortSignal.timeout(2_000)])
      const ready = url !== null && (await fetch(`${url}/readyz`, { signal: limit }).catch(() => null))?.ok === true
      if (!ready) downUntil[at] = Math.max(downUntil[at] ?? 0, systemClock.boot() + 2 * LOOK_EVERY_MS)
      await systemClock.sleep(LOOK_EVERY_MS, closing.signal)
    }
  }
  for (const at of backends.keys()) void watch(at)

  /** The healthy ones from the usual one on, then the others: better a sick replica than none. */
  const order = (home: number): readonly number[] => {
    const all = backends.map((_, n) => (home + n) % backends.length)
    return [...all.filter(healthy), ...all.filter((at) => !healthy(at) && backends[at]?.url != null)]
  }

  const pass = (incoming: IncomingMessage, answer: ServerResponse, order: readonly number[]): void => {
    const [at, ...others] = order
    const url = at === undefined ? null : (backends[at]?.url ?? null)
    if (at === undefined || url === null) return void answer.writeHead(502).end('no replica')
    const count = counts[at]
    if (count !== undefined) count.passed += 1
    const { hostname, port } = new URL(url)
    const { method, headers, url: path } = incoming
    const outgoing = request({ agent, hostname, port, method, headers, path }, (message) => {
      if ([502, 503, 504].includes(message.statusCode ?? 0)) penalise(at)
      answer.writeHead(message.statusCode ?? 502, message.headers)
      message.on('error', () => answer.destroy())
      message.pipe(answer)
    })
    outgoing.on('error', (error: NodeJS.ErrnoException) => {
      penalise(at)
      // A refused connection carried nothing: the next replica may have it. The body was not read yet.
      if (error.code === 'ECONNREFUSED' && !answer.headersSent) return pass(incoming, answer, others)
      if (answer.headersSent) answer.destroy()
      else answer.writeHead(502).end('the replica went away')
      return undefined
    })
    answer.on('close', () => outgoing.destroy())
    outgoing.once('socket', (socket) => {
      const send = (): void => void incoming.pipe(outgoing)
      if (socket.connecting) socket.once('connect', send)
      else send()
    })
    return undefined
  }

  const servers = await Promise.all(
    backends.map(async (_, home) => {
      const server = createServer((incoming, answer) => pass(incoming, answer, order(home)))
      // No connection ends under a caller that is about to use it again.
      server.keepAliveTimeout = 600_000
      server.listen(0, '127.0.0.1')
      await once(server, 'listening')
      return server
    }),
  )
  return {
    urls: servers.map((server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`),
    forgive: () => void downUntil.fill(0),
    allIn: () => [...backends.keys()].every(healthy),
    counted: () => {
      const counted = counts
      counts = backends.map(() => ({ passed: 0, failed: 0 }))
      return counted
    },
    close: () => {
      closing.abort()
      agent.destroy()
      for (const server of servers) {
        server.close()
        server.closeAllConnections()
      }
    },
  }
}
