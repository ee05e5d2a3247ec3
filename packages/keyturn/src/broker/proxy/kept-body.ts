/**
 * A request body that is streamed once and, as long as little of it has passed, can be streamed again: what was read is
 * kept up to a limit, beyond it only what nobody has sent yet. One reader at a time; a new one makes the old one stop.
 */
import type { Readable } from 'node:stream'

export class BodyTooLarge extends Error {}

export interface KeptBody {
  /** From the first byte. Throws where it can't begin again; BodyTooLarge; the client's own failure. */
  read(): AsyncGenerator<Buffer, void, undefined>
  /** Nothing was dropped so far. */
  readonly repeatable: boolean
  /** The last byte was read. */
  readonly ended: boolean
}

export const keptBody = (source: Readable, limits: { readonly keep: number; readonly most: number }): KeptBody => {
  const iterator = (source as AsyncIterable<Buffer>)[Symbol.asyncIterator]()
  const kept: Buffer[] = []
  let dropped = 0
  let keptBytes = 0
  let total = 0
  let ended = false
  let reader = 0
  let pulling: Promise<void> | null = null

  const pull = (): Promise<void> => {
    pulling ??= iterator
      .next()
      .then(({ done, value }) => {
        if (done === true) {
          ended = true
          return
        }
        const chunk = Buffer.from(value)
        total += chunk.length
        if (total > limits.most) throw new BodyTooLarge()
        kept.push(chunk)
        keptBytes += chunk.length
        while (keptBytes > limits.keep && kept.length > 1) {
          keptBytes -= kept.shift()?.length ?? 0
          dropped++
        }
      })
      .finally(() => {
        pulling = null
      })
    return pulling
  }

  return {
    get repeatable() {
      return dropped === 0
    },
    get ended() {
      return ended
    },
    async *read() {
      const me = ++reader
      if (dropped > 0) throw new BodyTooLarge()
      for (let index = 0; ; index++) {
        while (index - dropped >= kept.length && !ended) {
          await pull()
          if (reader !== me) return
        }
        const chunk = kept[index - dropped]
        if (chunk === undefined) return
        yield chunk
        if (reader !== me) return
      }
    },
  }
}
