/**
 * The loopback end of a web login (RFC 8252 §7.3): waits for the browser to bring the code, and shows the person how it
 * went. Only the request that carries our `state` counts; the code leaves the address bar at once by a redirect.
 */
import { timingSafeEqual } from 'node:crypto'
import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { KeyturnError } from '@keyturn/tokens'
import { landingPage, pageHeaders } from './landing-page.ts'

export type Callback = { readonly code: string } | { readonly error: string; readonly description: string }

interface CallbackServer {
  readonly callback: Promise<Callback>
  /** What the person reads; answers the page that waits for it. */
  conclude(title: string, text: string, good: boolean): void
  close(): Promise<void>
}

export interface Loopback {
  readonly host: 'localhost' | '127.0.0.1'
  readonly port: number
  readonly path: string
}

/** Not 1717, which is the sf CLI's. */
export const defaultLoopback = { port: 7715, path: '/callback' } as const

export const redirectUriOf = ({ host, port, path }: Loopback): string => `http://${host}:${port}${path}`

const resultPath = '/signed-in'

const same = (a: string, b: string): boolean => {
  const [left, right] = [Buffer.from(a), Buffer.from(b)]
  return left.length === right.length && timingSafeEqual(left, right)
}

const listen = (server: Server, port: number, address: string): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, address, () => resolve())
  })

export const openCallbackServer = async (loopback: Loopback, state: string): Promise<CallbackServer> => {
  let arrived: (callback: Callback) => void = () => undefined
  const callback = new Promise<Callback>((resolve) => (arrived = resolve))
  let page: string | null = null
  const waiting = new Set<ServerResponse>()
  const origins = new Set([`${loopback.host}:${loopback.port}`, `127.0.0.1:${loopback.port}`, `[::1]:${loopback.port}`])

  const answer = (response: ServerResponse, status: number, html: string): void => {
    response.writeHead(status, pageHeaders).end(html)
  }
  const serve = (request: IncomingMessage, response: ServerResponse): void => {
    const url = new URL(request.url ?? '/', 'http://loopback')
    // A page of another site that resolves its name to this machine has another Host.
    if (!origins.has(request.headers.host ?? ''))
      return answer(response, 421, landingPage('Not here', 'This address is for the login only.', false))
    if (request.method !== 'GET') return answer(response, 405, landingPage('Not here', 'Only GET.', false))
    if (url.pathname === resultPath) {
      if (page === null) waiting.add(response)
      else answer(response, 200, page)
      return
    }
    if (url.pathname !== loopback.path)
      return answer(response, 404, landingPage('Not here', 'This address is for the login only.', false))
    if (!same(url.searchParams.get('state') ?? '', state)) {
      return answer(
        response,
        400,
        landingPage('Not this login', 'This answer belongs to another login. Start again with keyturn connect.', false),
      )
    }
    const error = url.searchParams.get('error')
    const code = url.searchParams.get('code')
    response.writeHead(303, { ...pageHeaders, location: resultPath }).end()
    if (error !== null) arrived({ error, description: url.searchParams.get('error_description') ?? '' })
    else if (code !== null && code !== '') arrived({ code })
    else arrived({ error: 'invalid_request', description: 'the answer held neither a code nor an error' })
  }

  const server = createServer(serve)
  try {
    await listen(server, loopback.port, '127.0.0.1')
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown'
    throw new KeyturnError(
      'BAD_ARGUMENT',
      `Port ${loopback.port} of this machine cannot be used for the login (${code})`,
      {
        fix: `Stop what uses it, or choose another with --port and register http://${loopback.host}:PORT${loopback.path} in the app.`,
      },
    )
  }
  // Some browsers try IPv6 first for "localhost"; where there is none, IPv4 does.
  const second = createServer(serve)
  if (loopback.host === 'localhost') await listen(second, loopback.port, '::1').catch(() => undefined)
  return {
    callback,
    conclude(title, text, good) {
      page = landingPage(title, text, good)
      for (const response of waiting) answer(response, 200, page)
      waiting.clear()
    },
    async close() {
      const closed = [server, second].map((one) => new Promise<void>((resolve) => one.close(() => resolve())))
      for (const one of [server, second]) one.closeIdleConnections()
      for (const response of waiting) response.destroy()
      await Promise.race([Promise.all(closed), new Promise((resolve) => setImmediate(resolve))])
      for (const one of [server, second]) one.closeAllConnections()
      await Promise.all(closed)
    },
  }
}
