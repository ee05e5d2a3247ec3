/** The section `notify:` with every default filled in, and what can be wrong with it that a schema can't see. */
import { KeyturnError } from '@keyturn/tokens'
import type { ChannelSection, NotifySection } from '../config/notify-section.ts'
import { anchored } from '../reference.ts'
import { isLoopback } from './loopback.ts'
import { defaultTls } from './smtp.ts'

export interface NotifySettings {
  readonly channels: Readonly<Record<string, ChannelSection>>
  readonly owners: Readonly<
    Record<string, { readonly mail: string | null; readonly channels: readonly string[] | null }>
  >
  /** ms */
  readonly repeatAfter: number
  /** What relative paths are relative to. */
  readonly folder: string
}

const invalid = (message: string): KeyturnError => new KeyturnError('CONFIG_INVALID', `notify: ${message}`)

/** Every reference in it relative to the folder of the file that says so. */
const anchoredChannel = (channel: ChannelSection, folder: string): ChannelSection => {
  switch (channel.kind) {
    case 'webhook': {
      const { url, secret } = channel
      return { ...channel, url: anchored(url, folder), ...(secret && { secret: anchored(secret, folder) }) }
    }
    case 'slack':
      return { ...channel, url: anchored(channel.url, folder) }
    case 'smtp':
      return { ...channel, ...(channel.password && { password: anchored(channel.password, folder) }) }
    case 'command':
      return channel
  }
}

const checkSmtp = (name: string, channel: ChannelSection): void => {
  if (channel.kind !== 'smtp') return
  const { host, port, tls = defaultTls(host, port), password } = channel
  if (tls === 'none' && password !== undefined && !isLoopback(host))
    throw invalid(`channel ${name} would send a password without TLS to another machine`)
}

/** Throws CONFIG_INVALID. Nothing is resolved here: references are, each time they are used. */
export const notifySettings = (section: NotifySection | undefined, folder: string): NotifySettings => {
  const { channels = {}, owners = {}, repeatAfter = 86_400_000 } = section ?? {}
  for (const [name, channel] of Object.entries(channels)) checkSmtp(name, channel)
  return {
    channels: Object.fromEntries(
      Object.entries(channels).map(([name, channel]) => [name, anchoredChannel(channel, folder)]),
    ),
    owners: Object.fromEntries(
      Object.entries(owners).map(([name, owner]) => [
        name,
        { mail: owner.mail ?? null, channels: owner.channels ?? null },
      ]),
    ),
    repeatAfter,
    folder,
  }
}
