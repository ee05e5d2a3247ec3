/** Resolves when a stream takes more again, or never will. */
import type { Writable } from 'node:stream'

export const drained = (to: Pick<Writable, 'on' | 'off' | 'destroyed'>): Promise<void> =>
  new Promise((resolve) => {
    const done = (): void => {
      to.off('drain', done)
      to.off('close', done)
      resolve()
    }
    to.on('drain', done)
    to.on('close', done)
    if (to.destroyed) done()
  })
