/**
 * Telling people, once, by every channel there is. A channel that fails never stops another; when all fail, the telling
 * is given back, so that it is tried again; either way the ledger says so, without the link.
 */
import type { Clock, Loggable, OpenOptions, RecordEntry, Store } from '@keyturn/tokens'
import { resolveReference } from '@keyturn/tokens/maintenance'
import type { Network } from '@keyturn/tokens/maintenance'
import type { ChannelSection } from '../config/notify-section.ts'
import { claim, clearClaims } from './claims.ts'
import type { Claim } from './claims.ts'
import { command } from './command.ts'
import type { Delivery, Letter, Notification, Send } from './notification.ts'
import type { NotifySettings } from './notify-settings.ts'
import { slack } from './slack.ts'
import { defaultTls, smtp } from './smtp.ts'
import { tryChannel } from './try-channel.ts'
import { webhook } from './webhook.ts'

export type { Delivery, Notification } from './notification.ts'

export interface Notifier {
  /**
   * One delivery for each channel that is for this person; none where no channel is configured. All `ok` with a `why`
   * where it had been told before, none while another process is telling it. Throws only what the store throws before
   * anybody was told.
   */
  tell(notification: Notification): Promise<readonly Delivery[]>
  readonly channels: readonly string[]
}

interface NotifyLog {
  info(message: string, fields?: Readonly<Record<string, Loggable>>): void
  warn(message: string, fields?: Readonly<Record<string, Loggable>>): void
}

export interface NotifierParts {
  readonly settings: NotifySettings
  readonly store: Store
  readonly clock: Clock
  readonly network: Network
  readonly log: NotifyLog
  readonly env: Readonly<Record<string, string | undefined>>
  /** Of references of further schemes. */
  readonly resolvers?: OpenOptions['resolvers']
}

const defaultTimeout = 10_000

const sendOf = (channel: ChannelSection, { settings, network, env, resolvers }: NotifierParts): Send => {
  const timeout = channel.timeout ?? defaultTimeout
  const at = (reference: string) => () => resolveReference(reference, env, resolvers)
  switch (channel.kind) {
    case 'webhook': {
      const { url, secret, plainHttp = false } = channel
      return webhook({ url: at(url), secret: secret === undefined ? null : at(secret), plainHttp, timeout }, network)
    }
    case 'slack': {
      const { url, format = 'blocks', plainHttp = false } = channel
      return slack({ url: at(url), format, plainHttp, timeout }, network)
    }
    case 'smtp': {
      const { host, port, tls = defaultTls(host, port), user = null, password, from, to } = channel
      const door = { host, port: port ?? (tls === 'implicit' ? 465 : 587), tls, user }
      return smtp({ ...door, password: password === undefined ? null : at(password), from, to, timeout }, network)
    }
    case 'command': {
      const { run, env: names = [] } = channel
      return command({ run, env: names, folder: settings.folder, timeout }, env, network.clock)
    }
  }
}

const mailAddress = /^[^\s<>(),;:"\\@[\]\p{Cc}]+@[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/iu

/** By which channels, and to which mail address. */
const addressed = (settings: NotifySettings, to: string | undefined) => {
  const all = Object.keys(settings.channels)
  const owner = to !== undefined && Object.hasOwn(settings.owners, to) ? settings.owners[to] : undefined
  if (owner !== undefined) return { mail: owner.mail, names: owner.channels ?? all }
  return { mail: to !== undefined && mailAddress.test(to) ? to : null, names: all }
}

const entryOf = ({ kind, severity, key }: Notification, deliveries: readonly Delivery[]): RecordEntry => {
  const names = (ok: boolean): string => deliveries.flatMap((one) => (one.ok === ok ? [one.channel] : [])).join(' ')
  const why = deliveries.flatMap((one) => (one.ok ? [] : [`${one.channel}: ${one.why ?? ''}`])).join('; ')
  const told = deliveries.some(({ ok }) => ok)
  return {
    kind: told ? 'told' : 'could-not-be-told',
    data: { notification: kind, severity, key, channels: names(true), failed: names(false), why: why.toWellFormed() },
  }
}

export const openNotifier = (parts: NotifierParts): Notifier => {
  const { settings, store, clock, log } = parts
  const sends = new Map(Object.entries(settings.channels).map(([name, channel]) => [name, sendOf(channel, parts)]))

  /** It was told, or not: a store that is away now must not hide that. The claim runs out by itself. */
  const settle = async (held: Claim, notification: Notification, deliveries: readonly Delivery[]): Promise<void> => {
    const entry = entryOf(notification, deliveries)
    const { kind, severity } = notification
    const { channels = '', failed = '', why = '' } = entry.data
    if (entry.kind === 'told') log.info('told', { notification: kind, severity, channels, failed, why })
    else log.warn('could not be told', { notification: kind, severity, failed, why })
    try {
      await (entry.kind === 'told' ? held.told(settings.repeatAfter, entry) : held.giveBack(entry))
      await clearClaims(store)
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
      log.warn('the telling was not written down', { notification: kind, code })
    }
  }

  return {
    channels: [...sends.keys()],
    tell: async (notification) => {
      const { mail, names } = addressed(settings, notification.to)
      if (names.length === 0) return []
      const claimed = await claim(store, notification.key)
      if (claimed.claim === null) return names.map((channel) => ({ channel, ok: claimed.told, why: claimed.why }))
      const letter: Letter = { id: claimed.claim.id, at: claimed.claim.at, notification, mail }
      const deliveries = await Promise.all(
        names.flatMap((name) => {
          const send = sends.get(name)
          return send === undefined ? [] : [tryChannel(name, send, letter, clock)]
        }),
      )
      await settle(claimed.claim, notification, deliveries)
      return deliveries
    },
  }
}
