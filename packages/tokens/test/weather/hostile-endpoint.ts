/** A token endpoint under the test's control, on a real port: it may answer anything, and remembers what it was sent. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock, type Clock } from '../../src/clock.ts'
import type { AddGrant, Keyturn, OpenOptions } from '../../src/contract.ts'
import { openKeyturn } from '../../src/index.ts'
import { WAIT } from '../conformance/org.ts'

export const ORG = '00D000000000001AAA'
export const OTHER_ORG = '00D000000000009AAA'
export const ALICE = '005000000000001AAA'

interface TestContext {
  after(work: () => Promise<void> | void): void
}

export type Serve = (request: URLSearchParams, answer: ServerResponse, number: number) => void

export interface HostileEndpoint {
  readonly url: string
  /** Refresh tokens in the order in which they were sent. */
  readonly sent: string[]
  /** Authorization headers of everything that was not a token request. */
  readonly bearers: string[]
  readonly keyturn: Keyturn
  readonly options: OpenOptions
  serve(how: Serve): void
  open(more?: Partial<OpenOptions>): Promise<Keyturn>
  add(name: string, more?: Partial<AddGrant>): Promise<void>
  /** Moves Keyturn's clock. */
  advance(ms: number): void
  /** What asking for a token ends with: `ok`, or the error's code. */
  ask(name: string, keyturn?: Keyturn): Promise<string>
}

/** A well-formed success of this endpoint, to be spoilt by the test. */
export const success = (url: string, more: Readonly<Record<string, unknown>> = {}): Record<string, unknown> => ({
  access_token: `00Dx!AQ${randomBytes(12).toString('hex')}`,
  refresh_token: `5Aep861${randomBytes(16).toString('hex')}`,
  instance_url: url,
  id: `${url}/id/${ORG}/${ALICE}`,
  issued_at: String(Date.now()),
  token_type: 'Bearer',
  ...more,
})

export const json = (answer: ServerResponse, body: unknown, status = 200): void =>
  void answer.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))

export const hostileEndpoint = async (t: TestContext, more: Partial<OpenOptions> = {}): Promise<HostileEndpoint> => {
  const folder = mkdtempSync(join(tmpdir(), 'keyturn-hostile-'))
  const sent: string[] = []
  const bearers: string[] = []
  let how: Serve = (_request, answer) => json(answer, success(url))
  const server = createServer((request: IncomingMessage, answer: ServerResponse) => {
    let text = ''
    request.on('data', (chunk: Buffer) => (text += chunk.toString()))
    request.on('end', () => {
      if (request.url !== '/services/oauth2/token') {
        bearers.push(request.headers.authorization ?? '')
        return json(answer, {})
      }
      const form = new URLSearchParams(text)
      sent.push(form.get('refresh_token') ?? '')
      how(form, answer, sent.length)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  let shift = 0
  const boot = (): number => systemClock.boot() + shift
  const clock: Clock = {
    wall: () => systemClock.wall() + shift,
    boot,
    offset: () => shift,
    sleep: async (ms, signal) => {
      const until = boot() + ms
      while (boot() < until && signal?.aborted !== true)
        await systemClock.sleep(Math.min(10, Math.max(1, until - boot())), signal)
    },
  }
  const options: OpenOptions = {
    store: `sqlite:${join(folder, 'keyturn.db')}`,
    masterKey: randomBytes(32),
    clock,
    env: {},
    limits: { connect: WAIT, wait: WAIT, send: WAIT, doubt: 20_000, read: 200_000, stale: 20 },
    ...more,
  }
  const opened: Keyturn[] = []
  const open = async (extra: Partial<OpenOptions> = {}): Promise<Keyturn> => {
    const one = await openKeyturn({ ...options, ...extra })
    opened.push(one)
    return one
  }
  const keyturn = await open()
  t.after(async () => {
    server.closeAllConnections()
    await Promise.all(opened.map((one) => one.close()))
    server.close()
    rmSync(folder, { recursive: true, force: true })
  })
  return {
    url,
    sent,
    bearers,
    keyturn,
    options,
    serve: (next) => void (how = next),
    open,
    add: async (name, input = {}) => {
      await keyturn.grants.add({
        name,
        loginUrl: url,
        clientId: 'client',
        refreshToken: `5Aep861-first-${name}`,
        flow: 'refresh_token',
        ...input,
      })
    },
    advance: (ms) => void (shift += ms),
    ask: (name, asked = keyturn) =>
      asked.token(name).then(
        () => 'ok',
        (error: unknown) => (error as { code?: string }).code ?? String(error),
      ),
  }
}
