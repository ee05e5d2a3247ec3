/** One process of the herd: callers that all found the same token dead. */
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { openKeyturn } from '@keyturn/tokens'
import { lock } from 'proper-lockfile'
import { AuthorizationCode } from 'simple-oauth2'

export interface HerdSetup {
  readonly kind: 'keyturn' | 'lock-file' | 'bare'
  readonly store: string
  readonly file: string
  readonly url: string
  readonly clientId: string
  readonly clientSecret: string
}

const setup = JSON.parse(process.env.HERD_SETUP ?? '{}') as HerdSetup

/** One caller's way from a dead token to a living one; remembers which token this process holds. */
const caller = async (): Promise<() => Promise<unknown>> => {
  if (setup.kind === 'keyturn') {
    const keyturn = await openKeyturn({ store: setup.store, masterKey: Buffer.from(process.env.HERD_KEY ?? '', 'hex') })
    let held = (await keyturn.token('acme')).generation
    return async () => {
      const { generation } = await keyturn.rejected('acme', held)
      queueMicrotask(() => (held = generation))
    }
  }
  const read = (): { access_token: string; refresh_token: string } =>
    JSON.parse(readFileSync(setup.file, 'utf8')) as never
  const write = (token: object): void => {
    writeFileSync(`${setup.file}.${process.pid}`, JSON.stringify(token))
    renameSync(`${setup.file}.${process.pid}`, setup.file)
  }
  const client = new AuthorizationCode({
    client: { id: setup.clientId, secret: setup.clientSecret },
    auth: { tokenHost: setup.url, tokenPath: '/services/oauth2/token' },
    options: { authorizationMethod: 'body' },
  })
  let held = read().access_token
  const refresh = async (): Promise<void> => {
    const stored = read()
    if (stored.access_token !== held) return void (held = stored.access_token)
    const { token } = await client.createToken(stored).refresh()
    write({ ...stored, ...token })
    held = token.access_token
  }
  if (setup.kind === 'bare') return refresh
  let running: Promise<void> | null = null
  const locked = async (): Promise<void> => {
    for (;;) {
      const release = await lock(setup.file).catch(() => null)
      if (release === null) await new Promise((resolve) => setTimeout(resolve, 10))
      else {
        try {
          return await refresh()
        } finally {
          await release()
        }
      }
    }
  }
  return () => (running ??= locked().finally(() => (running = null)))
}

const ask = await caller()
process.on('message', ({ callers }: { callers: number }) => {
  const all = Array.from({ length: callers }, () =>
    ask().then(
      () => 0,
      () => 1,
    ),
  )
  void Promise.all(all).then((failures) =>
    process.send?.({ failed: failures.reduce((sum: number, one) => sum + one, 0) }),
  )
})
process.send?.({ ready: true })
