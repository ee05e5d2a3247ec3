/**
 * A webhook: the notification as JSON, with the headers of the Standard Webhooks specification
 * (https://www.standardwebhooks.com), so that receivers verify the signature with a library they have: HMAC-SHA256 over
 * `id.timestamp.body`. The time is in what is signed: a recording can't be played back later.
 */
import { createHmac } from 'node:crypto'
import { Secret } from '@keyturn/tokens'
import type { Network } from '@keyturn/tokens/maintenance'
import type { Send } from './notification.ts'
import { payloadOf } from './payload.ts'
import { post } from './post.ts'

/** `whsec_` + base64, as the specification writes it; any other text is taken as it is. */
const keyOf = (secret: Secret): Buffer => {
  const text = secret.reveal()
  return text.startsWith('whsec_') ? Buffer.from(text.slice(6), 'base64') : Buffer.from(text, 'utf8')
}

const signatureOf = (secret: Secret, id: string, seconds: number, body: string): string =>
  `v1,${createHmac('sha256', keyOf(secret)).update(`${id}.${seconds}.${body}`).digest('base64')}`

interface Webhook {
  readonly url: () => Promise<Secret>
  readonly secret: (() => Promise<Secret>) | null
  readonly plainHttp: boolean
  readonly timeout: number
}

export const webhook =
  ({ url, secret, plainHttp, timeout }: Webhook, network: Network): Send =>
  async (letter) => {
    const body = payloadOf(letter)
    // The time of this try: receivers refuse what is older than a few minutes.
    const seconds = Math.floor(network.clock.wall() / 1000)
    const signed = secret === null ? {} : { 'webhook-signature': signatureOf(await secret(), letter.id, seconds, body) }
    return post(
      {
        url: await url(),
        plainHttp,
        body: new Secret(body),
        headers: { 'webhook-id': letter.id, 'webhook-timestamp': String(seconds), ...signed },
        timeout,
      },
      network,
    )
  }
