/** `keyturn.fetch` for somebody who waits: given up after so many ms, where the library itself would wait for minutes. */
import type { Clock, Keyturn } from '@keyturn/tokens'

export const fetchWithin = async (
  { keyturn, clock }: { readonly keyturn: Keyturn; readonly clock: Clock },
  grant: string,
  path: string,
  ms: number,
): Promise<Response> => {
  const limit = new AbortController()
  const done = new AbortController()
  void clock.sleep(ms, done.signal).then(() => limit.abort())
  try {
    return await keyturn.fetch(grant, path, { signal: limit.signal })
  } finally {
    done.abort()
  }
}
