/**
 * One POST to a channel, and what its answer means. The address is a secret (who knows it can write to the channel), so
 * neither it nor the answer's text is ever in a reason.
 */
import { KeyturnError } from '@keyturn/tokens'
import type { Secret } from '@keyturn/tokens'
import { request } from '@keyturn/tokens/maintenance'
import type { Network } from '@keyturn/tokens/maintenance'
import { isLoopback } from './loopback.ts'
import type { Sent } from './notification.ts'
import { retryAfter } from './retry-after.ts'

interface Post {
  readonly url: Secret
  readonly plainHttp: boolean
  readonly body: Secret
  readonly headers: Readonly<Record<string, string>>
  readonly timeout: number
}

const never = (why: string): Sent => ({ ok: false, why, again: false, after: null })

export const post = async ({ url, plainHttp, body, headers, timeout }: Post, network: Network): Promise<Sent> => {
  const text = url.reveal()
  if (!URL.canParse(text)) return never('its address is no URL')
  const target = new URL(text)
  if (target.protocol !== 'https:' && target.protocol !== 'http:') return never('its address is no https:// URL')
  if (target.username !== '' || target.password !== '') return never('its address holds a user name or password')
  if (target.protocol === 'http:' && !plainHttp && !isLoopback(target.hostname))
    return never('its address is http:// and plainHttp is not set')
  try {
    const answer = await request(
      target,
      {
        method: 'POST',
        headers: { 'content-type': 'application/json; charset=utf-8', 'user-agent': 'keyturn', ...headers },
        body,
        timeout,
        bodyLimit: 65_536,
      },
      network,
    )
    if (answer.status >= 200 && answer.status < 300) return { ok: true }
    return {
      ok: false,
      why: `answered HTTP ${answer.status}`,
      again: answer.status === 429 || answer.status >= 500,
      after: retryAfter(answer.headers, network.clock.wall()),
    }
  } catch (error) {
    if (!(error instanceof KeyturnError)) throw error
    if (error.code === 'ENDPOINT_UNREACHABLE') {
      const { step, code } = error.data
      return { ok: false, why: `could not be reached (${String(step)}: ${String(code)})`, again: true, after: null }
    }
    // A long answer was an answer; what is wrong with our own network settings is no better next time.
    return never(`could not be asked (${error.code})`)
  }
}
