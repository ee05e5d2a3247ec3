/** A collector that keeps what it is sent: OTLP over HTTP in JSON, on loopback. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'

export interface SeenSpan {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly name: string
  readonly kind: number
  readonly startTimeUnixNano: string
  readonly endTimeUnixNano: string
  readonly status?: { readonly code: number }
  readonly attributes: Readonly<Record<string, string>>
}

export interface Collector {
  readonly url: string
  /** What came in, as it came: head and body. */
  readonly raw: readonly string[]
  spans(): readonly SeenSpan[]
  /** Answers from now on; null: none at all. */
  answer(status: number | null): void
}

interface Sent {
  readonly resourceSpans: readonly {
    readonly scopeSpans: readonly {
      readonly spans: readonly (Omit<SeenSpan, 'attributes'> & {
        readonly attributes: readonly {
          readonly key: string
          readonly value: { readonly stringValue?: string; readonly intValue?: string }
        }[]
      })[]
    }[]
  }[]
}

export const startCollector = async (t: TestContext): Promise<Collector> => {
  const raw: string[] = []
  const taken: Sent[] = []
  let status: number | null = 200
  const server = createServer((request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => {
      const body = Buffer.concat(parts).toString('utf8')
      raw.push(`${request.method} ${request.url}\n${request.rawHeaders.join('\n')}\n\n${body}`)
      if (status === null) return
      if (status === 200) taken.push(JSON.parse(body) as Sent)
      response.writeHead(status, { 'content-type': 'application/json' }).end('{}')
    })
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    raw,
    answer: (next) => {
      status = next
    },
    spans: () =>
      taken.flatMap(({ resourceSpans }) =>
        resourceSpans.flatMap(({ scopeSpans }) =>
          scopeSpans.flatMap(({ spans }) =>
            spans.map(({ attributes, ...span }) => ({
              ...span,
              attributes: Object.fromEntries(
                attributes.map(({ key, value }) => [key, value.stringValue ?? value.intValue ?? '']),
              ),
            })),
          ),
        ),
      ),
  }
}
