/**
 * How slowly a body may arrive. Node knows one limit for a whole request, which cuts a large upload over a slow line. So
 * forms and JSON have that limit, and what is streamed to the org has a pace instead: as long as a kilobyte a minute comes
 * in it may take hours. While nobody reads (the org is slow, a token is being bought) the client is not to blame.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Clock } from '@keyturn/tokens'

const streamed = new WeakSet<IncomingMessage>()

/** From now on only the pace counts: for admitted callers whose body is passed on as it comes. */
export const mayTakeLong = (request: IncomingMessage): void => void streamed.add(request)

const LEAST_BYTES = 1024
const LONGEST_WINDOW_MS = 60_000
const REFUSAL = 'HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n'

const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0

export const limitUpload = (request: IncomingMessage, response: ServerResponse, whole: number, clock: Clock): void => {
  // Most bodies come with their head: then there is nothing to watch, and at a login a watch is the dearest part.
  if (hasBody(request))
    setImmediate(() => {
      if (!request.complete && !request.destroyed) watchUpload(request, response, whole, clock)
    })
}

const watchUpload = (request: IncomingMessage, response: ServerResponse, whole: number, clock: Clock): void => {
  const over = new AbortController()
  request.once('end', () => over.abort())
  request.once('close', () => over.abort())
  const { socket } = request
  const window = Math.min(LONGEST_WINDOW_MS, whole)

  const watch = async (): Promise<void> => {
    const began = clock.boot()
    for (let before = socket.bytesRead; ; before = socket.bytesRead) {
      await clock.sleep(window, over.signal)
      if (over.signal.aborted || request.complete || socket.destroyed) return
      const unread = request.readableLength > 0
      const slow = socket.bytesRead - before < LEAST_BYTES && !unread
      const late = !streamed.has(request) && clock.boot() - began >= whole
      if (slow || late || response.writableEnded) break
    }
    if (!response.headersSent) socket.write(REFUSAL)
    socket.destroySoon()
  }
  void watch()
}
