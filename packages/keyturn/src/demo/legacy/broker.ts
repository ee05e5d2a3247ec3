/**
 * A real broker for the legacy programs: a store with their grants, callers enrolled by the command line as the how-to
 * says, and `keyturn serve`. Its clock is the machine's: it learns of a session's end as every broker does, by a 401.
 */
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openKeyturn } from '@keyturn/tokens'
import type { AddGrant } from '@keyturn/tokens'
import { mind, plainEnvironment } from '../children.ts'

/** The same from sources and when it is published. */
const bin = fileURLToPath(new URL('../../../bin/keyturn.js', import.meta.url))

interface NewCaller {
  readonly flags: readonly string[]
  readonly stdin?: string
  readonly environment?: NodeJS.ProcessEnv
}

interface DemoBroker {
  readonly url: string
  /** Logins it answered with a session, by its own metrics: of SOAP `login()`, and at the token endpoint. */
  logins(): Promise<{ readonly soap: number; readonly token: number }>
  close(): Promise<void>
}

interface BrokerHome {
  addGrants(grants: readonly AddGrant[]): Promise<void>
  /** What `caller add --json` answers. */
  addCaller(caller: NewCaller): Promise<{ readonly password?: string }>
  serve(): Promise<DemoBroker>
}

export const brokerHome = (folder: string, masterKey: Buffer): BrokerHome => {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  writeFileSync(join(folder, 'keyturn.yaml'), 'version: 1\nbroker: { listen: [{ port: 0 }], log: warn }\n')
  const store = `sqlite:${join(folder, 'keyturn.db')}`
  const environment = {
    ...plainEnvironment(),
    HOME: folder,
    NO_COLOR: '1',
    KEYTURN_STORE: store,
    KEYTURN_MASTER_KEY: masterKey.toString('base64'),
  }
  const start = (
    args: readonly string[],
    more: NodeJS.ProcessEnv = {},
  ): { child: ChildProcess; said: () => string } => {
    const child = spawn(process.execPath, [bin, ...args], { cwd: folder, env: { ...environment, ...more } })
    mind(child)
    let said = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8')
      stream.on('data', (text: string) => (said += text))
    }
    return { child, said: () => said }
  }
  return {
    addGrants: async (grants) => {
      const keyturn = await openKeyturn({ store, masterKey: new Uint8Array(masterKey) })
      try {
        for (const grant of grants) await keyturn.grants.add(grant)
      } finally {
        await keyturn.close()
      }
    },
    addCaller: async ({ flags, stdin = '', environment: more }) => {
      const { child, said } = start(['caller', 'add', ...flags, '--json'], more)
      child.stdin?.end(stdin)
      const [code] = (await once(child, 'close')) as [number | null]
      if (code !== 0) throw new Error(`keyturn caller add ended with ${code}: ${said()}`)
      return JSON.parse(said()) as { readonly password?: string }
    },
    serve: async () => {
      const { child, said } = start(['serve', '--json'])
      const gone = once(child, 'exit')
      const url = await new Promise<string>((resolve, reject) => {
        child.stdout?.on('data', () => {
          const found = /"(http:\/\/127\.0\.0\.1:\d+)"/.exec(said())?.[1]
          if (found !== undefined) resolve(found)
        })
        void gone.then(() => reject(new Error(`keyturn serve ended before it listened: ${said()}`)))
      })
      return {
        url,
        logins: async () => countsIn(await (await fetch(`${url}/metrics`)).text()),
        close: async () => {
          child.kill('SIGTERM')
          await gone
        },
      }
    },
  }
}

/** The route of all SOAP is the proxy's; the programs send nothing else there by POST than `login()`. */
const countsIn = (metrics: string): { readonly soap: number; readonly token: number } => {
  const posted = (route: string): number => {
    const line = `keyturn_http_requests_total{method="POST",route="${route}",status="200"} `
    return Number(
      metrics
        .split('\n')
        .find((text) => text.startsWith(line))
        ?.slice(line.length) ?? 0,
    )
  }
  return { soap: posted('/services/*'), token: posted('/services/oauth2/token') }
}
