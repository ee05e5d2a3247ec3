/**
 * A real browser without a library: headless Chromium, spoken to by its DevTools protocol over Node's own WebSocket.
 * Nothing it does on its own (updates, sync, QUIC) is wanted here.
 */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { until } from '../hall/hall.ts'

const program = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync)

export const whyNoChromium: string | false =
  program === undefined && 'NOT RUN: there is no Chromium here; apt-get install chromium'

const has = (command: string): boolean => spawnSync(command, ['--help'], { stdio: 'ignore' }).error === undefined

/** Chromium on Linux trusts what is in the NSS database of its home. */
export const whyNoTrust: string | false =
  whyNoChromium ||
  (!has('certutil') && 'NOT RUN: no certutil to make Chromium trust a CA; apt-get install libnss3-tools')

const flags = [
  '--headless=new',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // Loopback only, whatever Chromium would like to ask the world.
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1',
  '--remote-debugging-port=0',
]

export interface Page {
  goto(url: string): Promise<void>
  url(): Promise<string>
  text(): Promise<string>
  /** The value of an expression in the page. */
  evaluate(expression: string): Promise<unknown>
  fill(selector: string, value: string): Promise<void>
  /** Presses it and waits until another page is there. */
  press(selector: string): Promise<void>
  look(how: { readonly width: number; readonly height: number; readonly dark: boolean }): Promise<void>
  /** PNG. */
  screenshot(): Promise<Buffer>
  /** What the browser complained of: its console, blocked loads, violations of the page's policy. */
  readonly complaints: readonly string[]
}

interface Message {
  readonly id?: number
  readonly method?: string
  readonly params?: { readonly [name: string]: unknown }
  readonly result?: { readonly [name: string]: unknown }
  readonly error?: { readonly message: string }
  readonly sessionId?: string
}

export const openChromium = async (t: TestContext, options: { readonly trust?: string } = {}): Promise<Page> => {
  const home = mkdtempSync(join(tmpdir(), 'chromium-'))
  if (options.trust !== undefined) trust(home, options.trust)
  const child = spawn(program ?? '', [...flags, `--user-data-dir=${join(home, 'profile')}`, 'about:blank'], {
    env: { PATH: process.env['PATH'], HOME: home },
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
  })
  const gone = once(child, 'exit')
  let said = ''
  child.stderr.on('data', (bytes: Buffer) => (said += bytes.toString()))
  t.after(async () => {
    // It has processes of its own.
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGKILL')
    await gone
    rmSync(home, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 })
  })
  await until('Chromium listens', () => /DevTools listening on ws:/.test(said))
  const socket = new WebSocket(/DevTools listening on (ws:\S+)/.exec(said)?.[1] ?? '')
  await once(socket, 'open')
  t.after(() => socket.close())

  const waiting = new Map<number, (message: Message) => void>()
  const complaints: string[] = []
  let loads = 0
  let sent = 0
  /** Of the one page, once it is attached. */
  const attachment: { sessionId?: string } = {}
  const send = async (method: string, params: object = {}): Promise<NonNullable<Message['result']>> => {
    const id = ++sent
    const answered = new Promise<Message>((resolve) => waiting.set(id, resolve))
    socket.send(JSON.stringify({ id, method, params, ...attachment }))
    const { result, error } = await answered
    if (error !== undefined) throw new Error(`${method}: ${error.message}`)
    return result ?? {}
  }
  socket.addEventListener('message', ({ data }) => {
    const message = JSON.parse(String(data)) as Message
    if (message.id !== undefined) waiting.get(message.id)?.(message)
    if (message.method === 'Page.loadEventFired') loads += 1
    if (message.method === 'Log.entryAdded' || message.method === 'Runtime.exceptionThrown')
      complaints.push(JSON.stringify(message.params))
  })
  const { targetInfos } = await send('Target.getTargets')
  const target = (targetInfos as readonly { readonly type: string; readonly targetId: string }[]).find(
    ({ type }) => type === 'page',
  )
  const attached = await send('Target.attachToTarget', { targetId: target?.targetId, flatten: true })
  attachment.sessionId = String(attached['sessionId'])
  for (const domain of ['Page', 'Runtime', 'Log']) await send(`${domain}.enable`)

  const evaluate: Page['evaluate'] = async (expression) => {
    const { result } = await send('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true })
    return (result as { readonly value?: unknown }).value
  }
  const loaded = async (work: () => Promise<unknown>): Promise<void> => {
    const before = loads
    await work()
    await until('the page is there', () => loads > before)
  }
  const found = (selector: string): string => `document.querySelector(${JSON.stringify(selector)})`
  return {
    complaints,
    evaluate,
    goto: (url) => loaded(() => send('Page.navigate', { url })),
    url: async () => String(await evaluate('location.href')),
    text: async () => String(await evaluate('document.body.innerText')),
    fill: async (selector, value) => {
      await evaluate(`${found(selector)}.value = ${JSON.stringify(value)}`)
    },
    press: (selector) => loaded(() => evaluate(`${found(selector)}.click()`)),
    look: async ({ width, height, dark }) => {
      await send('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 1, mobile: width < 500 })
      const features = [{ name: 'prefers-color-scheme', value: dark ? 'dark' : 'light' }]
      await send('Emulation.setEmulatedMedia', { features })
    },
    screenshot: async () => {
      const { data } = await send('Page.captureScreenshot', { format: 'png' })
      return Buffer.from(String(data), 'base64')
    },
  }
}

const trust = (home: string, caFile: string): void => {
  const folder = join(home, '.pki', 'nssdb')
  mkdirSync(folder, { recursive: true })
  const nss = (...args: readonly string[]): void => {
    const { status, stderr } = spawnSync('certutil', ['-d', `sql:${folder}`, ...args], { encoding: 'utf8' })
    if (status !== 0) throw new Error(`certutil: ${stderr}`)
  }
  nss('-N', '--empty-password')
  nss('-A', '-n', 'keyturn', '-t', 'C,,', '-i', caFile)
}
