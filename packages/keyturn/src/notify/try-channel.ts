/** Up to three tries at one channel, as far apart as it asks for. Whatever happens is an answer, never an exception. */
import { KeyturnError } from '@keyturn/tokens'
import type { Clock } from '@keyturn/tokens'
import type { Delivery, Letter, Send } from './notification.ts'

const tries = 3
const pauses: readonly number[] = [1_000, 5_000]
/** Who asks for more patience than this is not asked again: the claim on the telling would run out. */
const longestPause = 60_000

export const tryChannel = async (channel: string, send: Send, letter: Letter, clock: Clock): Promise<Delivery> => {
  try {
    for (let one = 1; ; one++) {
      const sent = await send(letter)
      if (sent.ok) return { channel, ok: true }
      const count = one === 1 ? '' : ` (${one} tries)`
      const pause = sent.after ?? pauses[one - 1] ?? 0
      if (!sent.again || one >= tries) return { channel, ok: false, why: `${sent.why}${count}` }
      if (pause > longestPause)
        return { channel, ok: false, why: `${sent.why}${count} and asks for a pause of ${Math.ceil(pause / 1000)} s` }
      await clock.sleep(pause)
    }
  } catch (error) {
    // A reference that can't be resolved names itself, never what it held; of anything else only the kind is told.
    const why =
      error instanceof KeyturnError
        ? `${error.code}: ${error.message}`
        : `failed (${error instanceof Error ? error.name : typeof error})`
    return { channel, ok: false, why }
  }
}
