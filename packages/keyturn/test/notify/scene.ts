/** A store, a clock that can be moved and never sleeps for long, and a notifier over both. */
import { randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import type { IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { systemClock } from '@keyturn/tokens'
import type { Clock, Store } from '@keyturn/tokens'
import { lazyNetwork, openStore, thisHolder } from '@keyturn/tokens/maintenance'
import type { NotifySection } from '../../src/config/notify-section.ts'
import { openNotifier } from '../../src/notify/notify.ts'
import type { Notification, Notifier } from '../../src/notify/notify.ts'
import { notifySettings } from '../../src/notify/notify-settings.ts'

export interface NotifyScene {
  readonly folder: string
  readonly store: Store
  /** Pauses between tries, ms. */
  readonly pauses: number[]
  /** All that was logged. */
  readonly logged: string[]
  readonly env: Record<string, string>
  advance(ms: number): void
  notifier(section: NotifySection, store?: Store): Notifier
  /** The same store, as another replica has it. */
  another(): Promise<Store>
  ledger(): Promise<readonly { readonly kind: string; readonly data: object }[]>
}

export interface Surroundings {
  /** PEM of an authority beside the usual ones. */
  readonly ca?: string
  /** HTTPS_PROXY and the like. */
  readonly proxy?: Readonly<Record<string, string>>
  /** Address of a PostgreSQL store; left out: SQLite in the folder. */
  readonly store?: string
}

export const startScene = async (
  t: TestContext,
  { ca, proxy = {}, store: address }: Surroundings = {},
): Promise<NotifyScene> => {
  const folder = mkdtempSync(join(tmpdir(), 'keyturn-notify-'))
  let offset = 0
  const clock: Clock = {
    wall: () => systemClock.wall() + offset,
    boot: () => systemClock.boot() + offset,
    offset: () => offset,
    sleep: (ms, signal) => systemClock.sleep(ms, signal),
  }
  const masterKey = randomBytes(32)
  const open = async (name: string): Promise<Store> =>
    openStore(address ?? `sqlite:${join(folder, 'keyturn.db')}`, {
      migrate: true,
      clock,
      masterKey,
      holder: await thisHolder(join(folder, name)),
    })
  const store = await open('one')
  const network = lazyNetwork({ clock, env: proxy, ca })
  const others: Store[] = []
  t.after(async () => {
    network.close()
    for (const one of [store, ...others]) await one.close()
    rmSync(folder, { recursive: true, force: true })
  })
  const pauses: number[] = []
  const logged: string[] = []
  const env: Record<string, string> = { PATH: process.env['PATH'] ?? '' }
  const log = (message: string, fields: object = {}): void => void logged.push(`${message} ${JSON.stringify(fields)}`)
  return {
    folder,
    store,
    pauses,
    logged,
    env,
    advance: (ms) => (offset += ms),
    another: async () => {
      const other = await open(`other${others.length}`)
      others.push(other)
      return other
    },
    notifier: (section, at = store) =>
      openNotifier({
        settings: notifySettings(section, folder),
        store: at,
        clock: { ...clock, sleep: async (ms) => void pauses.push(ms) },
        network,
        log: { info: log, warn: log },
        env,
      }),
    ledger: async () => (await store.ledger(1, 1000)).map(({ kind, data }) => ({ kind, data })),
  }
}

export const note = (more: Partial<Notification> = {}): Notification => ({
  kind: 'test',
  severity: 'warning',
  subject: 'acme needs you',
  text: 'First paragraph.\n\nSecond paragraph.',
  facts: [{ name: 'Grant', value: 'acme' }],
  key: 'acme/1',
  ...more,
})

export interface Heard {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

export interface Hook {
  readonly url: string
  readonly heard: Heard[]
}

export interface Said {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
}

/** A server that answers as told, the last answer for ever; null: it cuts the connection; 'silence': it waits. */
export const startHook = async (t: TestContext, ...answers: readonly (Said | 'silence' | null)[]): Promise<Hook> => {
  const heard: Heard[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const answer = answers[Math.min(heard.length, answers.length - 1)]
      heard.push({ path: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks).toString() })
      if (answer === 'silence') return
      if (answer === null) return void request.socket.destroy()
      response.writeHead(answer?.status ?? 200, answer?.headers)
      response.end(answer === undefined ? 'ok' : 'the answer quotes secret-link')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => void server.close())
  t.after(() => server.closeAllConnections())
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook/secret-address`, heard }
}
