/** A server in front of the simulator that a test steers: it answers what it wants and passes on the rest. */
import { createServer, request as httpRequest } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'
import type { Simulator } from '@keyturn/simulator'

/** True: answered (or will be). */
export type Handler = (request: IncomingMessage, response: ServerResponse) => boolean

export const putInFront =
  (t: TestContext, handler: Handler) =>
  async (sim: Simulator): Promise<string> => {
    const server = createServer((request, response) => {
      if (handler(request, response)) return
      const options = {
        host: '127.0.0.1',
        port: sim.port,
        method: request.method,
        path: request.url,
        headers: request.headers,
      }
      const passed = httpRequest(options, (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers)
        answer.pipe(response)
      })
      passed.on('error', () => response.destroy())
      request.pipe(passed)
    })
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
    t.after(() => {
      server.close()
      server.closeAllConnections()
    })
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  }
