/**
 * A Slack incoming webhook, or a service that takes the same (Mattermost, Rocket.Chat: they read `text`). Nothing that
 * comes from outside is markup: `&`, `<` and `>` are escaped (Slack's rule for text), blocks are plain text, and no name
 * that calls a whole channel survives. Links are not unfurled: a preview would open a one-time link.
 */
import { Secret } from '@keyturn/tokens'
import type { Network } from '@keyturn/tokens/maintenance'
import type { Letter, Notification, Send } from './notification.ts'
import { factLines, plainLine, plainLines } from './plain-text.ts'
import { post } from './post.ts'

/** Slack's limits: header 150, section 3000, whole text 40,000 characters. */
const cut = (text: string, most: number): string =>
  text.length <= most ? text : `${text.slice(0, most - 1)}…`.toWellFormed()

/** Mattermost reads @channel, @all and @here wherever they stand. */
const unaddressed = (text: string): string => text.replaceAll(/@(?=(channel|here|all|everyone|group)\b)/gi, '@\u200b')

const escaped = (text: string): string =>
  unaddressed(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

const marks: Readonly<Record<Notification['severity'], string>> = { info: 'ℹ️', warning: '⚠️', alarm: '🚨' }

/** In `<url|text>` a bar or a bracket would end the address. */
const linkOf = ({ link }: Notification): string | null =>
  link === undefined
    ? null
    : `<${link.url.reveal().replaceAll(/[|<>\s]/g, encodeURIComponent)}|${escaped(plainLine(link.text))}>`

const plain = (text: string, most: number) => ({ type: 'plain_text', text: cut(unaddressed(text), most), emoji: false })

const slackMessage = ({ notification }: Letter, format: 'blocks' | 'text'): string => {
  const title = `${marks[notification.severity]} ${plainLine(notification.subject)}`
  const link = linkOf(notification)
  const facts = factLines(notification).join('\n')
  const text = [
    escaped(title),
    cut(escaped(plainLines(notification.text)), 20_000),
    cut(escaped(facts), 10_000),
    link ?? '',
  ]
    .filter((part) => part !== '')
    .join('\n\n')
  const blocks = [
    { type: 'header', text: plain(title, 150) },
    ...[plainLines(notification.text), facts]
      .filter((part) => part !== '')
      .map((part) => ({ type: 'section', text: plain(part, 3000) })),
    ...(link === null ? [] : [{ type: 'section', text: { type: 'mrkdwn', text: link } }]),
  ]
  return JSON.stringify({
    text,
    ...(format === 'blocks' ? { blocks } : {}),
    unfurl_links: false,
    unfurl_media: false,
  })
}

interface Slack {
  readonly url: () => Promise<Secret>
  readonly format: 'blocks' | 'text'
  readonly plainHttp: boolean
  readonly timeout: number
}

export const slack =
  ({ url, format, plainHttp, timeout }: Slack, network: Network): Send =>
  async (letter) =>
    post({ url: await url(), plainHttp, body: new Secret(slackMessage(letter, format)), headers: {}, timeout }, network)
