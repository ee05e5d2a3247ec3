/**
 * A simulated org with an integration user whose password is rotated, an administrator’s grant, and a mailbox that holds
 * what the org mailed. `open` is a new process on the same store, and can be made to die at its n-th write.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { randomBytes } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type { OrgSettings, OrgSpec } from '@keyturn/simulator'
import { KeyturnError, Secret } from '@keyturn/tokens'
import type { Records } from '@keyturn/tokens'
import { resolveReference, lazyNetwork } from '@keyturn/tokens/maintenance'
import { configSchema } from '../../src/config/schema.ts'
import { openDestination } from '../../src/destinations/destination-kinds.ts'
import type { Mailbox, MailQuery, RefusedMail, TokenMail } from '../../src/mailbox/mailbox.ts'
import { orgConnection } from '../../src/org/connection.ts'
import type { OrgConnection } from '../../src/org/connection.ts'
import { loadRotator } from '../../src/rotation/rotators/load-rotator.ts'
import { splitEntry } from '../../src/rotation/rotators/settings.ts'
import type { CredentialEntry, CredentialKind } from '../../src/rotation/rotators/settings.ts'
import { openRotation } from '../../src/rotation/rotation.ts'
import type { Rotation } from '../../src/rotation/rotation.ts'
import { Killed, scene } from './scene.ts'
import type { ProcessOptions, Scene } from './scene.ts'

export const robot = 'robot@acme.example'
export const outside = '198.51.100.7'
export const hour = 3_600_000

export interface PasswordScene extends Scene {
  /** Mails that were deleted or filed, by their number. */
  readonly settled: Set<string>
  /** Looks into the mailbox that fail yet. */
  readonly mailboxAway: { looks: number }
  readonly envFile: string
  open(change?: Readonly<Record<string, unknown>>, options?: ProcessOptions): Rotation
  org(grant: string): OrgConnection
  /** `SF_…` of the .env file that consumers read. */
  told(): Readonly<Record<string, string>>
  adopt(): Promise<void>
}

export interface Place {
  readonly settings?: Partial<OrgSettings>
  readonly users?: OrgSpec['users']
  readonly kind?: string
  readonly credential?: Readonly<Record<string, unknown>>
  /** Further destinations than the .env file, and where that is. */
  readonly destinations?: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  readonly envFile?: string
}

export const passwordScene = async (
  t: TestContext,
  { settings = {}, users = [], kind = 'security-token', credential = {}, destinations = {}, ...where }: Place = {},
): Promise<PasswordScene> => {
  const place = await scene(t, {
    users: [
      { username: 'admin@acme.example', profile: 'System Administrator' },
      { username: robot, firstName: 'Rob', lastName: 'Robot', password: 'former-Password-1' },
      { username: 'plain@acme.example' },
      ...users,
    ],
    apps: [{ name: 'Web' }],
    // Keyturn and its consumers stand outside the trusted ranges.
    settings: { assumedAddress: outside, ...settings },
  })
  const { sim, keyturn, clock } = place
  for (const [name, user] of [
    ['admin', 'admin@acme.example'],
    ['plain', 'plain@acme.example'],
    ['robot', robot],
  ] as const) {
    const { clientId, clientSecret, refreshToken } = sim.control.grant({ user, app: 'Web' })
    await keyturn.grants.add({ name, loginUrl: sim.url, clientId, clientSecret, refreshToken, flow: 'refresh_token' })
  }
  place.advance(2 * 24 * hour)
  const folder = mkdtempSync(join(tmpdir(), 'keyturn-destination-'))
  const network = lazyNetwork({ clock, env: {} })
  t.after(() => {
    network.close()
    rmSync(folder, { recursive: true, force: true })
  })
  const envFile = where.envFile ?? join(folder, '.env')
  const settled = new Set<string>()
  const mailboxAway = { looks: 0 }
  const entry = {
    kind,
    org: 'admin',
    user: robot,
    destinations: ['env', ...Object.keys(destinations).filter((name) => name !== 'env')],
    drain: { quiet: '1h', atMost: '2h' },
    ...(kind === 'security-token' ? { mailbox: 'tokens', firstRunUnattended: true } : {}),
    ...credential,
  }
  const open: PasswordScene['open'] = (change = {}, { die, watch } = {}) => {
    let count = 0
    const putAll: Records['putAll'] = async (...args) => {
      count += 1
      if (die !== undefined && (count > die.at || (count === die.at && die.when === 'before'))) throw new Killed()
      const [, journalled] = args
      if (journalled !== undefined) watch?.(journalled, 'before')
      const written = await keyturn.store.records.putAll(...args)
      if (count === die?.at) throw new Killed()
      if (journalled !== undefined) watch?.(journalled, 'after')
      return written
    }
    const over = <T extends object>(target: T, name: keyof T, value: unknown): T =>
      new Proxy(target, { get: (one, key) => (key === name ? value : Reflect.get(one, key)) })
    const seen = over(keyturn, 'store', over(keyturn.store, 'records', { ...keyturn.store.records, putAll }))
    const config = configSchema.parse({
      version: 1,
      destinations: { env: { kind: 'env-file', file: envFile, create: true }, ...destinations },
      credentials: { robot: { ...entry, ...change } },
    })
    return openRotation({
      keyturn: seen,
      clock,
      random: randomBytes,
      credentials: Object.entries(config.credentials ?? {}).map(([name, one]) => ({
        name,
        kind: one.kind,
        ...splitEntry(one as CredentialEntry),
      })),
      rotator: (of) => loadRotator(of as CredentialKind),
      ports: {
        network,
        env: {},
        resolve: (reference) => resolveReference(reference, {}),
        org: (grant) => orgConnection(seen, grant),
        destination: (name) =>
          openDestination(config.destinations?.[name] as never, {
            name,
            folder,
            clock,
            env: {},
            caFile: undefined,
            resolve: (reference) => resolveReference(reference, {}),
          }),
        mailbox: (name) => mailboxOf(place, name, settled, mailboxAway),
        callers: undefined as never,
        reauthorise: async () => ({ text: '', link: null }),
      },
    })
  }
  return {
    ...place,
    settled,
    mailboxAway,
    envFile,
    open,
    org: (grant) => orgConnection(keyturn, grant),
    told: () =>
      Object.fromEntries(
        readFileSync(envFile, 'utf8')
          .split('\n')
          .flatMap((line) => {
            const found = /^(\w+)=["']?(.*?)["']?$/.exec(line)
            return found === null ? [] : [[found[1] ?? '', found[2] ?? '']]
          }),
      ),
    async adopt() {
      const { password, securityToken } = sim.control.userSecrets({ user: robot })
      await open().adopt('robot', 'test', {
        username: new Secret(robot),
        password: new Secret(password),
        ...(kind === 'security-token' ? { securityToken: new Secret(securityToken) } : {}),
      })
    },
  }
}

const tokenIn = (raw: string): string => /Security token \(case-sensitive\): (\w+)/.exec(raw)?.[1] ?? ''

/** What the org mailed and was not held back. A mailbox that is not `tokens` is one that nothing is ever sent to. */
const mailboxOf = ({ sim }: Scene, name: string, settled: Set<string>, away: { looks: number }): Mailbox => ({
  name,
  preflight: async () =>
    name === 'shut' ? [{ code: 'MAILBOX_UNREACHABLE', text: 'connection refused', next: 'Start it.' }] : [],
  check: async () => ({ problems: [], facts: [] }),
  async look({ username, since }: MailQuery) {
    if (away.looks > 0) {
      away.looks -= 1
      throw new KeyturnError('MAILBOX_UNREACHABLE', 'The mailbox can’t be reached: connection refused')
    }
    const arrived = sim.control
      .mails({ user: username })
      .filter(
        ({ state, at, n, kind }) =>
          state === 'unsent' && kind !== 'password-reset' && at >= since && !settled.has(String(n)),
      )
      .toReversed()
    if (name !== 'tokens') return { found: [], refused: [] }
    const tokens = arrived
      .filter(({ kind }) => kind === 'security-token')
      .map((mail) => ({ ...mail, token: tokenIn(mail.raw) }))
    const found = tokens
      .filter(({ token }, index) => tokens.findIndex((one) => one.token === token) === index)
      .map(({ token, n, at }): TokenMail => ({
        id: String(n),
        copies: tokens.filter((one) => one.token === token && one.n !== n).map((one) => String(one.n)),
        token: new Secret(token),
        username,
        from: 'noreply@salesforce.com',
        receivedAt: at,
        authentication: { dkim: 'pass', spf: 'pass', dmarc: 'pass' },
      }))
    const refused = arrived
      .filter(({ kind }) => kind === 'forged')
      .map(({ raw, at, n }): RefusedMail => ({
        id: String(n),
        code: 'sender',
        from: /^From: (.*)$/m.exec(raw)?.[1]?.trim() ?? '',
        receivedAt: at,
        why: 'another sender',
      }))
    return { found, refused }
  },
  wait: async () => undefined,
  settle: async ({ id, copies }) => [id, ...copies].forEach((one) => settled.add(one)),
  close: async () => undefined,
})
