/** A loopback HTTP server for wire-level fakes: requests are recorded, answers are JSON, faults are set by the test. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'

export interface Asked {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly body: any // oxlint-disable-line typescript/no-explicit-any -- what clients send is looked at field by field
}

export interface Answered {
  readonly status: number
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

export interface Served {
  readonly url: string
  readonly asked: Asked[]
  /** Runs before a request is answered: may change the state behind it, or answer in its place. `'drop'` hangs up. */
  before: ((asked: Asked) => Answered | 'drop' | void) | null
  close(): Promise<void>
}

export const serveJson = async (t: TestContext, answer: (asked: Asked) => Answered): Promise<Served> => {
  const asked: Asked[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const url = new URL(request.url ?? '/', 'http://fake')
      const text = Buffer.concat(chunks).toString('utf8')
      const one: Asked = {
        method: request.method ?? '',
        path: decodeURIComponent(url.pathname),
        query: url.searchParams,
        headers: Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)])),
        body: text === '' ? null : JSON.parse(text),
      }
      asked.push(one)
      const instead = served.before?.(one)
      if (instead === 'drop') return void request.socket.destroy()
      const { status, body, headers = {} } = instead ?? answer(one)
      response.writeHead(status, { 'content-type': 'application/json', ...headers })
      response.end(body === undefined ? '' : JSON.stringify(body))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.closeAllConnections()
      server.close(() => resolve())
    })
  t.after(close)
  const served: Served = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    before: null,
    close,
  }
  return served
}
