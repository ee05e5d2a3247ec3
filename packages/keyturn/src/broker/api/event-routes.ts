/** Events as server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html). */
import { KeyturnError } from '@keyturn/tokens'
import * as z from 'zod'
import type { BrokerContext, Caller } from '../caller.ts'
import { apiRoute } from './api-route.ts'
import type { ApiRoute } from './api-route.ts'
import type { EventTail, TailEvent } from './event-tail.ts'
import { eventShape } from './shapes.ts'

/** How often a listener is shown that the line is up, and looked at: may it still listen? */
const BEAT_MS = 5_000
const MOST_PER_CALLER = 10
/** A listener that does not read is let go; it comes back with Last-Event-ID and misses nothing. */
const MOST_WAITING = 1024 * 1024

const mayHear = (caller: Caller, { grant, data }: TailEvent): boolean =>
  caller.operator || (grant === null ? data['caller'] === caller.id : caller.grants.includes(grant))

const written = (event: TailEvent): string =>
  `id: ${event.seq}\nevent: ${event.kind}\ndata: ${JSON.stringify(event)}\n\n`

/** Who was removed, has expired, may not come in here any more or had its sessions ended hears no more: null. */
const stillMay = async (callers: BrokerContext['callers'], began: Caller): Promise<Caller | null> => {
  const now = await callers.byId(began.id)
  return now !== null && now.faces.includes('api') && now.sessionEpoch === began.sessionEpoch ? now : null
}

export const eventRoutes = ({ callers, clock }: BrokerContext, tail: EventTail): readonly ApiRoute[] => {
  const open = new Map<string, number>()
  return [
    apiRoute({
      method: 'GET',
      path: '/events',
      id: 'events',
      summary: 'State changes of the grants this caller may use, as server-sent events',
      query: z.strictObject({
        after: z.coerce.number().int().nonnegative().optional().describe('Begin after this sequence number'),
      }),
      answer: eventShape,
      media: 'text/event-stream',
      run: async ({ caller, query, request, reply }) => {
        const count = open.get(caller.id) ?? 0
        if (count >= MOST_PER_CALLER) {
          throw new KeyturnError('RATE_LIMITED', `${caller.name} listens ${count} times already`, {
            data: { caller: caller.id, retryAfter: 60 },
          })
        }
        open.set(caller.id, count + 1)
        const last = request.headers['last-event-id']
        const after = typeof last === 'string' && /^\d{1,15}$/.test(last) ? Number(last) : (query.after ?? null)
        const { raw } = reply
        const gone = new AbortController()
        raw.once('close', () => {
          gone.abort()
          open.set(caller.id, (open.get(caller.id) ?? 1) - 1)
        })
        reply.hijack()
        raw.writeHead(200, {
          'content-type': 'text/event-stream',
          'cache-control': 'no-store',
          connection: 'close',
          'x-accel-buffering': 'no',
        })
        raw.write(': keyturn\n\n')
        const send = (text: string): void => {
          if (raw.writableLength > MOST_WAITING) raw.destroy()
          else raw.write(text)
        }
        let listener = caller
        const stop = await tail
          .listen(after, {
            heard: (event) => {
              if (mayHear(listener, event)) send(written(event))
              if (event.kind === 'caller-removed' && event.data['caller'] === caller.id) raw.end()
            },
            ended: () => raw.end(),
          })
          .catch(() => {
            raw.end()
            return () => undefined
          })
        gone.signal.addEventListener('abort', stop, { once: true })
        if (gone.signal.aborted) stop()
        void (async () => {
          while (!gone.signal.aborted) {
            await clock.sleep(BEAT_MS, gone.signal)
            if (gone.signal.aborted) return
            // While the store is away it goes on as it was last known, as callers do elsewhere.
            const now = await stillMay(callers, caller).catch(() => listener)
            if (now === null) raw.end()
            else {
              listener = now
              send(': \n\n')
            }
          }
        })()
        return reply
      },
    }),
  ]
}
