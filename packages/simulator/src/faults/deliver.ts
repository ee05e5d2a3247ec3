/**
 * Puts an answer on the wire, whole or as a fault wants it, and finds out what of it arrived.
 *
 * "Arrived" is as near as a server can know: the last byte of a value was handed to a connection that was alive. What
 * a later reset says is added afterwards (`server.ts`).
 */
import type { ServerResponse } from 'node:http'
import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import type { SimResponse } from '../route.ts'
import type { FaultAction, Position } from './fault.ts'

export interface Delivery {
  readonly complete: boolean
  /** Bytes of the answer that went out, counted as `layOut` lays it out; all of them where complete. */
  readonly bytes: number
}

/** The answer as bytes, and where in them the values end that matter. */
export interface Layout {
  readonly bytes: Buffer
  readonly headerEnd: number
  readonly refreshToken: { readonly start: number; readonly end: number } | null
  readonly accessToken: { readonly start: number; readonly end: number } | null
}

function locate(bytes: Buffer, from: number, name: string): { readonly start: number; readonly end: number } | null {
  const key = Buffer.from(`"${name}":"`)
  const at = bytes.indexOf(key, from)
  if (at < 0) return null
  const start = at + key.length
  const close = bytes.indexOf('"', start)
  return close < 0 ? null : { start, end: close + 1 }
}

export function layOut(response: SimResponse): Layout {
  const body = Buffer.from(response.body ?? '')
  const lines = [`HTTP/1.1 ${response.status} ${STATUS_CODES[response.status] ?? 'Unknown'}`]
  for (const [name, value] of Object.entries(response.headers ?? {})) lines.push(`${name}: ${value}`)
  lines.push(`Content-Length: ${body.length}`, 'Connection: close', '', '')
  const head = Buffer.from(lines.join('\r\n'))
  const bytes = Buffer.concat([head, body])
  return {
    bytes,
    headerEnd: head.length,
    refreshToken: locate(bytes, head.length, 'refresh_token'),
    accessToken: locate(bytes, head.length, 'access_token'),
  }
}

/** An answer without a refresh token has no place before or after it: it is cut in the middle of its body instead. */
function offsetOf(position: Position, layout: Layout): number {
  const { bytes, headerEnd, refreshToken } = layout
  const middle = headerEnd + Math.floor((bytes.length - headerEnd) / 2)
  const statusLine = bytes.indexOf('\r\n') + 2
  const offset =
    typeof position === 'number'
      ? position < 0
        ? bytes.length + position
        : position
      : {
          'status-line': statusLine,
          'mid-header': statusLine + Math.floor((headerEnd - statusLine) / 2),
          'header-end': headerEnd,
          'before-refresh-token': refreshToken?.start ?? middle,
          'after-refresh-token': refreshToken?.end ?? middle,
          'last-byte': bytes.length - 1,
        }[position]
  return Math.max(0, Math.min(offset, bytes.length))
}

/** The usual way: Node writes it, the connection stays. */
export function deliverWhole(res: ServerResponse, response: SimResponse): Promise<Delivery> {
  return new Promise((resolve) => {
    const body = Buffer.from(response.body ?? '')
    const done = (complete: boolean): void => resolve({ complete, bytes: complete ? Infinity : 0 })
    if (res.destroyed || res.socket === null || res.socket.destroyed) return done(false)
    res.once('finish', () => done(true))
    res.once('close', () => done(res.writableFinished))
    res.writeHead(response.status, { ...response.headers, 'Content-Length': body.length })
    res.end(body)
  })
}

export function drop(socket: Socket, reset: boolean): void {
  if (reset) socket.resetAndDestroy()
  else socket.destroy()
}

/** Byte by byte, on the bare connection, which is closed afterwards. */
export async function deliverFaulty(
  socket: Socket,
  response: SimResponse,
  action: FaultAction,
  on: { readonly paused: (bytes: number, layout: Layout) => Promise<void> },
): Promise<Delivery> {
  const layout = layOut(response)
  const end = action.cutAt === undefined ? layout.bytes.length : offsetOf(action.cutAt, layout)
  const pause = action.pauseAt === undefined ? end : Math.min(end, offsetOf(action.pauseAt, layout))
  let sent = 0
  const send = async (to: number): Promise<void> => {
    const step = action.drip?.bytes ?? to - sent
    while (sent < to && !socket.destroyed) {
      const next = Math.min(to, sent + Math.max(1, step))
      if (await write(socket, layout.bytes.subarray(sent, next))) sent = next
      if (action.drip !== undefined && sent < to) await delay(action.drip.everyMs, undefined, { ref: false })
    }
  }
  await send(pause)
  if (action.pauseAt !== undefined) await on.paused(sent, layout)
  await send(end)
  const complete = sent === layout.bytes.length && !socket.destroyed
  if (complete) socket.end()
  else drop(socket, action.reset ?? false)
  return { complete, bytes: sent }
}

const write = (socket: Socket, bytes: Buffer): Promise<boolean> =>
  new Promise((resolve) => {
    if (socket.destroyed) return resolve(false)
    socket.write(bytes, (error) => {
      if (error != null && !socket.destroyed) socket.destroy()
      resolve(error == null)
    })
  })
