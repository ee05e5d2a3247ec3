/** What the adapter tests share: a simulated org over HTTP, a Keyturn on it, and the numbers that the server counted. */
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { startSimulator } from '@keyturn/simulator'
import type { ReadyGrant, Simulator } from '@keyturn/simulator'
import type { AddGrant, Keyturn, OpenOptions } from '../../src/contract.ts'
import { openKeyturn } from '../../src/keyturn.ts'

export const NAME = 'acme'
export const USER = 'integration@acme.example'
export const ADMIN = 'admin@acme.example'

export interface Org {
  readonly sim: Simulator
  readonly ready: ReadyGrant
  /** Where the store is, for a child process. */
  readonly place: { readonly store: string; readonly masterKey: string }
  /** Opens Keyturn on the same store: a second time is a second process, as far as the protocol can tell. */
  open(options?: Partial<OpenOptions>): Promise<Keyturn>
  /** The grant as it was authorised. */
  grant(more?: Partial<AddGrant>): AddGrant
  /** What the server counted for everybody. */
  counts(): { readonly exchanges: number; readonly reuses: number; readonly grantsLost: number }
  /** Ends the access tokens, as the session time-out would. */
  expire(): void
}

/** Beside other tests and other people's programs an exchange may take its time; nothing here is about time-outs. */
const limits = { connect: 60_000, wait: 60_000, send: 60_000, doubt: 60_000 }

export const startOrg = async (
  t: TestContext,
  options: { readonly app?: string; readonly user?: string } = {},
): Promise<Org> => {
  const sim = await startSimulator({ seed: t.name })
  const folder = mkdtempSync(join(tmpdir(), 'keyturn-adapters-'))
  const opened: Keyturn[] = []
  t.after(async () => {
    await Promise.all(opened.map((keyturn) => keyturn.close()))
    await sim.close()
    rmSync(folder, { recursive: true, force: true })
  })
  const masterKey = randomBytes(32)
  const store = `sqlite:${join(folder, 'keyturn.db')}`
  const ready = sim.control.grant({ user: options.user ?? USER, app: options.app ?? 'Web' })
  return {
    sim,
    ready,
    place: { store, masterKey: masterKey.toString('base64') },
    open: async (more = {}) => {
      const keyturn = await openKeyturn({ store, masterKey, env: {}, limits, ...more })
      opened.push(keyturn)
      return keyturn
    },
    grant: (more = {}) => ({
      name: NAME,
      loginUrl: sim.url,
      clientId: ready.clientId,
      clientSecret: ready.clientSecret,
      refreshToken: ready.refreshToken,
      accessToken: ready.accessToken,
      instanceUrl: ready.instanceUrl,
      username: ready.username,
      flow: 'refresh_token',
      ...more,
    }),
    counts: () => sim.control.oracle().total,
    expire: () => void sim.control.expireAccessTokens(),
  }
}
